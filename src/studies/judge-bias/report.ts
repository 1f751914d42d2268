import type { Figure } from "../../report/figures/figure.ts";
import { tickText } from "../../report/figures/ticks.ts";
import { fixed, interval, pValue, signed, whole } from "../../report/format.ts";
import { INTERVAL, left, right, type Table } from "../../report/table.ts";
import type { BiasAnalysis, CriterionSummary, Effect } from "./analyse.ts";

const bounds = (ci: Effect["changeCi95"]): string => interval(ci, signed);

/** The criteria that judge an answer as a whole; the others are single principles. */
const overallCriteria = ({ criteria }: BiasAnalysis): readonly CriterionSummary[] =>
  criteria.filter(({ kind }) => kind !== "principle");

/** Which criterion lets itself be moved: what the command prints first. */
export function criterionTable(analysis: BiasAnalysis): Table {
  return {
    id: "criteria",
    caption: `How many of ${analysis.variants.length} system prompts move each criterion (margin ±${fixed(analysis.margin)})`,
    columns: [
      left("criterion"),
      right("mean, no prompt"),
      right("moves"),
      right("holds"),
      right("open"),
      left("largest change"),
      right("by"),
      INTERVAL,
    ],
    rows: analysis.criteria.map((c) => [
      c.kind === "principle" ? `principle: ${c.name}` : c.name,
      fixed(c.reference),
      String(c.moves),
      String(c.holds),
      String(c.open),
      c.largest?.variant ?? "–",
      signed(c.largest?.change ?? null),
      bounds(c.largest?.changeCi95 ?? null),
    ]),
    data: analysis.criteria.map((c) => ({
      criterion: c.id,
      reference: c.reference,
      moves: c.moves,
      holds: c.holds,
      open: c.open,
      largestVariant: c.largest?.variant ?? null,
      largestChange: c.largest?.change ?? null,
    })),
  };
}

/** Variants x criteria, base models together; a star marks what moves. */
export function changeTable(analysis: BiasAnalysis): Table {
  const criteria = overallCriteria(analysis);
  const effectOf = pooledEffects(analysis);
  return {
    id: "changes",
    caption:
      "Mean change against no system prompt, in points of 1-10, with 95 % intervals; * p < 0.05 (Holm, over the system prompts)",
    columns: [left("system prompt"), ...criteria.map((c) => right(c.name))],
    rows: analysis.variants.map((variant) => [
      variant,
      ...criteria.map((c) => {
        const effect = effectOf(variant, c.id);
        return `${signed(effect.change)}${effect.verdict === "moves" ? "*" : " "} ${bounds(effect.changeCi95)}`;
      }),
    ]),
    data: analysis.variants.map((variant) => ({
      variant,
      ...Object.fromEntries(criteria.map((c) => [c.id, effectOf(variant, c.id).change])),
    })),
  };
}

/** Every effect, with each base model alone. */
export function effectTable({ effects }: BiasAnalysis): Table {
  return {
    id: "effects",
    caption: "Every change, over all base models and for each alone",
    columns: [
      left("base model"),
      left("system prompt"),
      left("criterion"),
      right("no prompt"),
      right("change"),
      INTERVAL,
      right("p"),
      right("p (Holm)"),
      left("verdict"),
      right("users"),
      right("missing"),
    ],
    rows: effects.map((e) => [
      e.model ?? "all",
      e.variant,
      e.criterion,
      fixed(e.reference),
      signed(e.change),
      bounds(e.changeCi95),
      pValue(e.pValue),
      pValue(e.pValueAdjusted),
      e.verdict,
      whole(e.users),
      whole(e.missing),
    ]),
    data: effects.map(({ changeCi95, model, ...effect }) => ({
      model: model ?? "all",
      ...effect,
      changeLow: changeCi95?.[0] ?? null,
      changeHigh: changeCi95?.[1] ?? null,
    })),
  };
}

/** The result in words. */
export function biasWords(analysis: BiasAnalysis): string[] {
  const { variants, users, models, margin, criteria } = analysis;
  const overall = overallCriteria(analysis);
  const moved = (c: CriterionSummary): string => {
    const most = c.largest;
    const size =
      most === null ? "" : `, most by "${most.variant}": ${signed(most.change)} ${bounds(most.changeCi95)}`;
    return `${c.name} (${c.moves}${size})`;
  };
  const naive = overall.filter(({ kind }) => kind === "naive");
  const plain = overall.find(({ kind }) => kind === "mean");
  const balanced = overall.find(({ kind }) => kind === "balanced");
  const missing = Math.max(0, ...analysis.effects.map((effect) => effect.missing));
  return [
    `${variants.length} system prompts, the same for all ${whole(users)} users and so personal to none of them, answered by ${models.join(" and ")}. A measure of personalization should not reward them.`,
    `Naive criteria, and how many of the system prompts move them: ${naive.map(moved).join("; ")}.`,
    ...(plain === undefined ? [] : [`The mean of the principle scores as they are: ${moved(plain)}.`]),
    ...(balanced === undefined
      ? []
      : [
          `The sign-balanced score: moved by ${balanced.moves}; ${balanced.holds} stay within ±${fixed(margin)} points with their whole 95 % interval; ${balanced.open} are open${balanced.largest === null ? "" : `. The largest change is ${signed(balanced.largest.change)} ${bounds(balanced.largest.changeCi95)} ("${balanced.largest.variant}")`}.`,
        ]),
    ...(criteria.some(({ reference }) => reference === null)
      ? ["A criterion without a mean was never scored: see the column of missing scores."]
      : []),
    ...(missing > 0 ? [`Up to ${whole(missing)} users miss a score and are left out where they do.`] : []),
  ];
}

/** Heat maps of the changes and the intervals of the sign-balanced score. Loads the drawing library. */
export async function biasFigures(analysis: BiasAnalysis): Promise<Figure[]> {
  const { heatMap } = await import("../../report/figures/heat-map.ts");
  const { intervalPlot } = await import("../../report/figures/interval-plot.ts");
  const effectOf = pooledEffects(analysis);
  const map = (criteria: readonly CriterionSummary[], label: string): string =>
    heatMap(
      criteria.flatMap((c) =>
        analysis.variants.map((row) => {
          const { change } = effectOf(row, c.id);
          return { row, column: c.name, value: change, text: signed(change, 1) };
        }),
      ),
      { label, rows: analysis.variants, columns: criteria.map(({ name }) => name), cellWidth: 56 },
    );
  const balanced = analysis.variants.map((variant) => {
    const { change, changeCi95 } = effectOf(variant, "sign-balanced");
    const [low, high] = changeCi95 ?? [null, null];
    const text = `${signed(change)} ${bounds(changeCi95)}`;
    return { name: variant, colour: "#2f7fd6", value: change, low, high, text };
  });
  return [
    {
      id: "changes",
      caption:
        "Mean change of each criterion under each system prompt, against none, in points of 1-10. A measure of personalization should stay at 0.",
      svg: map(
        overallCriteria(analysis),
        "Mean change of each criterion by system prompt; the numbers are in the table",
      ),
      wide: true,
    },
    {
      id: "sign-balanced",
      caption: `The sign-balanced score against no system prompt, with 95 % intervals over users. Margin of equivalence: ±${fixed(analysis.margin)}.`,
      svg: intervalPlot("Change of the sign-balanced score", balanced, {
        label: "change of the sign-balanced score",
        reference: 0,
        tickFormat: tickText(signed),
      }),
    },
    {
      id: "principles",
      caption: "Mean change of each principle's score under each system prompt, against none.",
      svg: map(
        analysis.criteria.filter(({ kind }) => kind === "principle"),
        "Mean change of each principle's score by system prompt; the numbers are in the table",
      ),
      wide: true,
    },
  ];
}

/** Looks up the effects over all base models. */
function pooledEffects({ effects }: BiasAnalysis): (variant: string, criterion: string) => Effect {
  const name = (variant: string, criterion: string): string => JSON.stringify([variant, criterion]);
  const pooled = new Map(
    effects.filter(({ model }) => model === null).map((e) => [name(e.variant, e.criterion), e]),
  );
  return (variant, criterion) => pooled.get(name(variant, criterion)) as Effect;
}
