import { SCALE_MAX, SCALE_MIN } from "../../core/rating-scale.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { fixed, interval, pValue, whole } from "../../report/format.ts";
import { INTERVAL, left, right, type Table } from "../../report/table.ts";
import type { JudgeComparison, JudgeOverall } from "./compare.ts";
import type { JudgeScores } from "./scores.ts";
import { onScale } from "./tenths.ts";

const bounds = (ci: readonly [number, number] | null): string => interval(ci, fixed);

/** The judges, best balanced first: what the command prints. */
export function overallTable({ overall }: JudgeComparison): Table {
  return {
    id: "judges",
    caption: "Judges by balance (mean |s+ + s− − 11|, lower is better), with 95 % bootstrap intervals",
    columns: [
      right("rank"),
      right("group"),
      left("judge"),
      right("balance"),
      left("interval of balance"),
      right("mean r"),
      left("interval of r"),
      right("p"),
      right("n"),
      left("no significant difference from"),
    ],
    rows: overall.map((o) => [
      String(o.rank),
      String(o.group),
      o.judge,
      fixed(o.balance),
      bounds(o.balanceCi95),
      fixed(o.meanCorrelation),
      bounds(o.meanCorrelationCi95),
      pValue(o.pValue),
      whole(o.n),
      o.indistinguishable.join(", "),
    ]),
    data: overall.map((o) => ({
      judge: o.judge,
      rank: o.rank,
      group: o.group,
      n: o.n,
      balance: o.balance,
      ...columnsOf("balance", o.balanceCi95),
      meanCorrelation: o.meanCorrelation,
      ...columnsOf("meanCorrelation", o.meanCorrelationCi95),
      pValue: o.pValue,
      indistinguishable: o.indistinguishable.join("; "),
    })),
  };
}

/** Each judge on each pair. */
export function pairTable({ rows }: JudgeComparison): Table {
  return {
    id: "pairs",
    caption: "Each judge on each antonym pair, with 95 % bootstrap intervals",
    columns: [
      left("judge"),
      left("pair"),
      right("n"),
      right("mean s+ + s−"),
      right("SD"),
      right("balance"),
      left("interval of balance"),
      right("r"),
      left("interval of r"),
      right("p"),
      right("missing"),
    ],
    rows: rows.map((r) => [
      r.judge,
      r.pair,
      whole(r.n),
      fixed(r.meanSum),
      fixed(r.sdSum),
      fixed(r.balance),
      bounds(r.balanceCi95),
      fixed(r.correlation),
      bounds(r.correlationCi95),
      pValue(r.pValue),
      whole(r.missing),
    ]),
    data: rows.map(({ balanceCi95, correlationCi95, ...row }) => ({
      ...row,
      ...columnsOf("balance", balanceCi95),
      ...columnsOf("correlation", correlationCi95),
    })),
  };
}

/** Every two judges. */
export function comparisonTable({ comparisons }: JudgeComparison): Table {
  return {
    id: "comparisons",
    caption: "Balance of every two judges on their common pairs: a minus b, paired over conversations",
    columns: [left("a"), left("b"), right("difference"), INTERVAL, right("p"), right("p (Holm)")],
    rows: comparisons.map((c) => [
      c.a,
      c.b,
      fixed(c.difference),
      bounds(c.differenceCi95),
      pValue(c.pValue),
      pValue(c.pValueAdjusted),
    ]),
    data: comparisons.map(({ differenceCi95, ...row }) => ({
      ...row,
      ...columnsOf("difference", differenceCi95),
    })),
  };
}

/** The result in words. */
export function judgeWords({ overall, rows }: JudgeComparison): string[] {
  const [best] = overall as readonly [JudgeOverall, ...JudgeOverall[]];
  if (best.balance === null) return ["No judge has a pair with both scores: there is nothing to compare."];
  const alike = best.indistinguishable;
  const below = rows.reduce((sum, row) => sum + row.belowScale, 0);
  const missing = rows.reduce((sum, row) => sum + row.missing, 0);
  const rescaled = overall.filter((own) => own.rescaled).map(({ judge }) => judge);
  const misses = `on average s+ + s− misses ${SCALE_MIN + SCALE_MAX} by ${fixed(best.balance)} ${bounds(best.balanceCi95)}`;
  const ranking = [
    `${best.judge} is the best balanced: ${misses}.`,
    alike.length === 0
      ? "All other judges differ from it significantly (p < 0.05, Holm-adjusted over all comparisons)."
      : `No significant difference from ${alike.join(", ")} (p >= 0.05, Holm-adjusted over all comparisons).`,
  ];
  const different = differingPairs(rows);
  return [
    ...(overall.length === 1
      ? [`${best.judge}: ${misses}. There is no other judge to compare it with.`]
      : different === null
        ? ranking
        : [different]),
    ...overall.flatMap(risingTogether),
    ...(missing > 0 ? [`${whole(missing)} conversations miss a score and are left out.`] : []),
    ...(below > 0
      ? [
          `${whole(below)} scores lie between 0 and ${SCALE_MIN} (${judgesBelow(rows).join(", ")})${rescaled.length === 0 ? "; they are used as they are" : ""}.`,
        ]
      : []),
    ...rescaled.map(
      (judge) =>
        `${judge} has scores that are answers on 1 to 100 divided by ten; they are stretched onto 1 to 10 (s' = 1 + (10 s − 1) / 11).`,
    ),
  ];
}

/** A judge that says the same to both words of every pair can be perfectly balanced: 5.5 to all. */
function risingTogether({ judge, meanCorrelation, meanCorrelationCi95 }: JudgeOverall): string[] {
  if (meanCorrelation === null || meanCorrelation < 0) return [];
  const r = `mean r ${fixed(meanCorrelation)} ${bounds(meanCorrelationCi95)}`;
  return [
    `${judge} does not tell the two words of a pair apart: their scores rise together (${r}, where −1 is best). Its balance says no more than that they lie around the middle.`,
  ];
}

/** Why no judge can be called the best: balances on different pairs of words are not of the same thing. */
function differingPairs(rows: JudgeComparison["rows"]): string | null {
  const pairs = new Map<string, Set<string>>();
  for (const { judge, pair } of rows) {
    // "warm/cold" and "cold/warm" ask the same.
    const words = pair.split("/").toSorted().join("/");
    pairs.set(judge, (pairs.get(judge) ?? new Set()).add(words));
  }
  const all = new Set([...pairs.values()].flatMap((own) => [...own]));
  const shared = [...all].filter((pair) => [...pairs.values()].every((own) => own.has(pair)));
  if (shared.length === all.size) return null;
  return `The judges rated different pairs of words (${shared.length} of ${all.size} are common to all): their balances and ranks are not of the same thing, so none is called the best. Give files with the same pairs.`;
}

function judgesBelow(rows: JudgeComparison["rows"]): string[] {
  return [...new Set(rows.filter(({ belowScale }) => belowScale > 0).map(({ judge }) => judge))];
}

/** Heat map of correlations, bars of balance, histograms of s+ + s-. Loads the drawing library. */
export async function judgeFigures(
  comparison: JudgeComparison,
  judges: readonly JudgeScores[],
): Promise<Figure[]> {
  const { heatMap } = await import("../../report/figures/heat-map.ts");
  const { histogramGrid } = await import("../../report/figures/histogram-grid.ts");
  const { intervalBars } = await import("../../report/figures/interval-bars.ts");
  const { overall, rows } = comparison;
  const order = overall.map(({ judge }) => judge);
  const bars = overall.flatMap(({ judge, balance, balanceCi95, group }) =>
    balance === null
      ? []
      : [
          {
            name: judge,
            value: balance,
            interval: balanceCi95,
            group,
            text: `${fixed(balance)} ${bounds(balanceCi95)}`,
          },
        ],
  );
  const panels = order.map((name) => {
    const { pairs } = onScale(judges.find(({ judge }) => judge === name) as JudgeScores);
    return {
      name,
      values: pairs.flatMap((p) => Array.from(p.positive, (score, i) => score + p.negative[i]!)),
    };
  });
  return [
    {
      id: "balance",
      caption:
        "Balance: mean |s+ + s− − 11| over antonym pairs, with 95 % intervals; lower is better. The shade changes where a judge differs significantly from the first of the group above.",
      svg: intervalBars(bars, "balance: mean |s+ + s− − 11|", "Balance of each judge"),
    },
    {
      id: "correlations",
      caption: "Discrimination: Pearson's r of s+ and s− by judge and antonym pair; nearer -1 is better.",
      svg: heatMap(
        rows.map(({ judge, pair, correlation }) => ({
          row: judge,
          column: pair,
          value: correlation,
          text: fixed(correlation),
        })),
        {
          label: "Correlation of s+ and s− by judge and pair; the numbers are in the table",
          rows: order,
          columns: [...new Set(rows.map(({ pair }) => pair))],
        },
      ),
    },
    {
      id: "sums",
      caption: "s+ + s− of every conversation and pair, by judge; a judge without bias has all at 11.",
      svg: histogramGrid(panels, { axis: "s+ + s−", label: "Histograms of s+ + s− by judge", reference: 11 }),
    },
  ];
}

/** An interval as two columns of a CSV file. */
function columnsOf(name: string, ci: readonly [number, number] | null): Record<string, number | null> {
  return { [`${name}Low`]: ci?.[0] ?? null, [`${name}High`]: ci?.[1] ?? null };
}
