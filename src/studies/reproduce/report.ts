import { simulatedInAny } from "../../core/simulated.ts";
import { methodColours } from "../../report/figures/colours.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { fixed, interval, signed, whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { left, right, type Table } from "../../report/table.ts";
import { TARGETS, type TargetId } from "./grid.ts";
import type { ReproducedCell, ReproduceRecord } from "./record.ts";

/** Tables and figures are named after the target: several lie in one directory. */
export function reproduceOutline(record: ReproduceRecord): StudyOutline {
  const tables = [methodTable(record), ...missingTable(record)];
  const words = reproduceWords(record);
  const { target, cells } = record;
  return {
    title: target === "all" ? "The paper's tables and figures" : TARGETS[target].title,
    subtitle: `${finished(cells).length} of ${cells.length} cells of the paper; the whole run of each is in its folder`,
    ...simulatedInAny([record]),
    words,
    tables,
    shown: [...tables, words.join("\n")],
    figures: () => reproduceFigures(record),
  };
}

const finished = (cells: readonly ReproducedCell[]): ReproducedCell[] =>
  cells.filter(({ state }) => state === "finished");

/** Every method of every finished cell, with what the paper prints for it. */
function methodTable({ target, cells }: ReproduceRecord): Table {
  const rows = cells.flatMap((cell) => cell.methods.map((method) => ({ cell, method })));
  return {
    id: `${target}-methods`,
    caption:
      "Δ and W/L with 95 % intervals, beside the paper's figures (– : not known to us); “here” is the published Δ on this run's scale",
    columns: [
      ...(target === "all" ? [left("target")] : []),
      left("base LLM"),
      left("setting"),
      left("method"),
      right("Δ"),
      left("interval of Δ"),
      right("W/L"),
      { ...left("interval of W/L"), isDetail: true },
      right("paper: Δ"),
      right("here"),
      right("paper: W/L"),
    ],
    rows: rows.map(({ cell, method: m }) => [
      ...(target === "all" ? [cell.target] : []),
      cell.base,
      cell.setting,
      m.name,
      signed(m.delta),
      interval(m.deltaCi95, signed),
      fixed(m.winLossRatio),
      interval(m.winLossRatioCi95, fixed),
      signed(m.published?.delta ?? null),
      signed(m.published?.deltaHere ?? null),
      `${fixed(m.published?.winLossRatio ?? null)}${m.published?.note == null ? "" : " *"}`,
    ]),
    data: rows.map(({ cell, method: { published, deltaCi95, winLossRatioCi95, ...m } }) => ({
      target: cell.target,
      base: cell.base,
      setting: cell.setting,
      folder: cell.folder,
      ...m,
      deltaLow: deltaCi95?.[0] ?? null,
      deltaHigh: deltaCi95?.[1] ?? null,
      winLossRatioLow: winLossRatioCi95?.[0] ?? null,
      winLossRatioHigh: winLossRatioCi95?.[1] ?? null,
      publishedDelta: published?.delta ?? null,
      publishedDeltaHere: published?.deltaHere ?? null,
      publishedWinLossRatio: published?.winLossRatio ?? null,
      publishedNote: published?.note ?? null,
    })),
  };
}

function missingTable({ target, cells }: ReproduceRecord): Table[] {
  const rows = cells
    .filter(({ state }) => state !== "finished")
    .map(({ target: of, base, setting, state, reason }) => ({ target: of, base, setting, state, reason }));
  if (rows.length === 0) return [];
  return [
    {
      id: `${target}-missing`,
      caption: "Cells of the paper without results here",
      columns: [
        left("target"),
        left("base LLM"),
        left("setting"),
        left("state"),
        { ...left("why"), wraps: true },
      ],
      rows: rows.map((row) => [row.target, row.base, row.setting, row.state, row.reason ?? "–"]),
      data: rows,
    },
  ];
}

function reproduceWords({ cells, scale, notes, storedCalls, simulated }: ReproduceRecord): string[] {
  const known = cells.flatMap(({ methods, scaleFactor }) =>
    methods.flatMap(({ published }) => (published === null ? [] : [{ published, scaleFactor }])),
  );
  const factors = new Set(known.map(({ scaleFactor }) => scaleFactor));
  const footnotes = new Set(known.flatMap(({ published }) => published.note ?? []));
  const compared = known.filter(({ published }) => published.isWithin !== null);
  const within = compared.filter(({ published }) => published.isWithin).length;
  return [
    ...(scale < 1
      ? [
          `Scale ${scale}: fewer users and worlds than the paper's, so wider intervals, and learners know less.`,
        ]
      : []),
    ...notes.map((note) => `Otherwise than in the paper: ${note}.`),
    ...(known.length === 0 ? ["We know of no published figure for these cells."] : []),
    ...[...factors].map((factor) =>
      factor === 1
        ? "Scores are the paper's, 1 to 100 divided by ten: published Δ stand as they are."
        : `The paper's Δ are of scores from 1 to 100 divided by ten; times ${fixed(factor, 3)} they are on this run's scale of 1 to 10.`,
    ),
    ...[...footnotes].map((note) => `* ${note}.`),
    ...(simulated && known.length > 0
      ? [
          "The published figures are of real LLMs. Simulated ones beside them show how the table reads, and confirm or refute nothing.",
        ]
      : []),
    ...(compared.length > 0
      ? [`${within} of ${compared.length} published Δ lie within our 95 % intervals.`]
      : []),
    ...rankings(cells),
    `The directory's store holds ${whole(storedCalls)} calls; each was paid once, whichever cells needed it.`,
  ];
}

/** Where the paper says something of the order of methods. */
const RANKED: ReadonlySet<TargetId> = new Set(["main-grid", "fig5"]);

/** The order of the methods in a finished cell. */
function rankings(cells: readonly ReproducedCell[]): string[] {
  return finished(cells)
    .filter(({ target, methods }) => RANKED.has(target) && methods.length > 1)
    .map(({ base, setting, methods }) => {
      const order = methods
        .filter(({ delta }) => delta !== null)
        .toSorted((a, b) => (b.delta as number) - (a.delta as number));
      return `By Δ, ${base}, ${setting}: ${order.map(({ name }) => name).join(" > ")}.`;
    });
}

/** One figure a target: Δ with intervals by base LLM and setting. Loads the drawing library. */
async function reproduceFigures({ cells }: ReproduceRecord): Promise<Figure[]> {
  const { intervalLines } = await import("../../report/figures/interval-lines.ts");
  const colours = methodColours(cells.flatMap(({ methods }) => methods));
  return [...Map.groupBy(finished(cells), ({ target }) => target)].map(([target, own]): Figure => {
    const bases = new Set(own.map(({ base }) => base));
    const place = ({ base, setting }: ReproducedCell): string =>
      bases.size > 1 ? `${base.split("-")[0]}, ${setting}` : setting;
    const title = TARGETS[target as TargetId].title;
    return {
      id: `${target}-gains`,
      caption: `${title}: gain over the non-personalized base LLM, with 95 % intervals.`,
      svg: intervalLines(
        title,
        own.flatMap((cell) =>
          cell.methods.map(({ name, delta, deltaCi95 }) => ({
            series: name,
            at: place(cell),
            value: delta,
            interval: deltaCi95,
          })),
        ),
        new Map(
          [...colours].filter(([name]) => own.some((cell) => cell.methods.some((m) => m.name === name))),
        ),
        { places: own.map(place), connected: false, x: "cell", y: "Δ reward" },
      ),
      wide: true,
    };
  });
}
