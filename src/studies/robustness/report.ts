import { simulatedInAny } from "../../core/simulated.ts";
import { BASELINE } from "../../methods/registry.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { tickText } from "../../report/figures/ticks.ts";
import { signed, whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { SET_NAMES } from "./question.ts";
import type { GroupResult, Robustness, SetResult } from "./record.ts";
import { accuracyTable, biasTable, bounds, categoryTable, points, tenths } from "./tables.ts";

type MethodRow = GroupResult["methods"][number];

/** From this share of unparsed answers on, the reader is told. */
const MANY_UNPARSED = 0.05;

/** The result in words. */
function robustnessWords(record: Robustness): string[] {
  const { sets, users, world, model } = record;
  const own = sets.filter((set) => set.own);
  return [
    `${model.id} answered ${sets.map((set) => `${whole(set.questions)} questions (${sourced(set)})`).join(", ")} under every method, fitted in world ${world}, each question with the history of one of ${whole(users)} test users.`,
    ...(own.length === 0
      ? []
      : [
          "The sets called own are small ones of this package, in the form of the published sets: they show how the study works. Their accuracies say nothing of the published sets.",
        ]),
    ...sets.map(setWords),
    ...sets.flatMap(unparsedWords),
  ];
}

/** With the source of a published set; a set of somebody's own is called after its source already. */
function sourced({ id, name, own, source }: SetResult): string {
  if (own) return name;
  return name === SET_NAMES[id] ? `${name}, ${source}` : `${name}, in the form of ${SET_NAMES[id]}`;
}

function setWords(set: SetResult): string {
  const told = (method: MethodRow): string =>
    `${method.name} ${points(method.change)} ${bounds(method.changeCi95)}`;
  const clear = set.methods.filter((m) => m.pValueAdjusted !== null && m.pValueAdjusted < 0.05);
  const worse = clear.filter((m) => (m.change ?? 0) < 0);
  const better = clear.filter((m) => (m.change ?? 0) > 0);
  const open = set.methods.filter((m) => !clear.includes(m));
  const list = (methods: readonly MethodRow[]): string => methods.map(told).join(", ");
  const lowest = Math.min(...open.flatMap((m) => m.changeCi95?.[0] ?? []));
  return [
    `${set.name}: ${tenths(set.none.accuracy)} right without personalization.`,
    worse.length > 0 ? ` Worse: ${list(worse)}.` : " No method is worse beyond doubt.",
    ...(better.length > 0 ? [` Better: ${list(better)}.`] : []),
    ...(open.length > 0
      ? [
          ` No significant difference: ${open.map(({ name }) => name).join(", ")}${Number.isFinite(lowest) ? `; the lowest bound of their intervals is ${points(lowest)} points` : ""}.`,
        ]
      : []),
  ].join("");
}

function unparsedWords(set: SetResult): string[] {
  const many = [{ name: BASELINE.title, ...set.none }, ...set.methods].filter(
    ({ parsed, unparsed }) => unparsed / Math.max(1, parsed + unparsed) >= MANY_UNPARSED,
  );
  if (many.length === 0) return [];
  const shares = many.map((m) => `${m.name} ${tenths(m.unparsed / (m.parsed + m.unparsed))}`).join(", ");
  return [
    `${set.name}: many answers name no option (${shares}). They are left out of accuracy and change; look at both figures, for a method may lose the asked form where it would also err.`,
  ];
}

export function robustnessOutline(record: Robustness): StudyOutline {
  const words = robustnessWords(record);
  const accuracy = accuracyTable(record);
  const bias = biasTable(record);
  const hasCategories = record.sets.some(({ categories }) => categories.length > 0);
  return {
    title: "What does personalization cost?",
    subtitle: `${record.sets.map(sourced).join("; ")}; ${record.model.id}; world ${record.world}; ${whole(record.users)} test users.`,
    ...simulatedInAny([record]),
    words,
    tables: [accuracy, ...(hasCategories ? [categoryTable(record)] : []), ...(bias === null ? [] : [bias])],
    shown: [accuracy, words.join("\n")],
    figures: () => robustnessFigures(record),
  };
}

async function robustnessFigures({ sets }: Robustness): Promise<Figure[]> {
  const { heatMap } = await import("../../report/figures/heat-map.ts");
  const { intervalPlot } = await import("../../report/figures/interval-plot.ts");
  const { methodColours } = await import("../../report/figures/colours.ts");
  return sets.flatMap((set): Figure[] => {
    const colours = methodColours(set.methods);
    const rows = set.methods.map(({ name, change, changeCi95 }) => ({
      name,
      colour: colours.get(name) as string,
      value: change === null ? null : 100 * change,
      low: changeCi95 === null ? null : 100 * changeCi95[0],
      high: changeCi95 === null ? null : 100 * changeCi95[1],
      text: `${points(change)} ${bounds(changeCi95)}`,
    }));
    const figures: Figure[] = [
      {
        id: `robustness-${set.id}`,
        caption: `${set.name}: change of accuracy against none (${tenths(set.none.accuracy)}), in percentage points, with 95 % intervals over users.`,
        svg: intervalPlot(`Change of accuracy on ${set.name}`, rows, {
          label: "change of accuracy, percentage points",
          reference: 0,
          tickFormat: tickText(signed),
        }),
      },
    ];
    if (set.id !== "bbq" || set.categories.length === 0) return figures;
    const cells = set.categories.flatMap(({ category, methods }) =>
      methods.map((m) => ({
        row: category,
        column: m.name,
        value: m.change === null ? null : 100 * m.change,
        text: points(m.change),
      })),
    );
    return [
      ...figures,
      {
        id: "robustness-bbq-categories",
        caption: `${set.name}: change of accuracy per category, in percentage points.`,
        svg: heatMap(cells, {
          label: "Change of accuracy by category and method; the numbers are in the table",
          rows: set.categories.map(({ category }) => category),
          columns: set.methods.map(({ name }) => name),
          cellWidth: 56,
        }),
        wide: true,
      },
    ];
  });
}
