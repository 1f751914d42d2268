import { isCompared } from "../../methods/about.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { tickText } from "../../report/figures/ticks.ts";
import { fixed, interval, percent, signed, whole } from "../../report/format.ts";
import { INTERVAL, left, right, type Table } from "../../report/table.ts";
import type { Estimate, OutcomeAgreement, ScoreAgreement } from "./agreement.ts";
import type { RejudgeRecord } from "./record.ts";
import { estimate } from "./words.ts";

/** All tables, in reading order. */
export function rejudgeTables(record: RejudgeRecord): Table[] {
  return [gainTable(record), outcomeTable(record), scoreTable(record), principleTable(record)];
}

/** Every method's gain under both judges. */
export function gainTable({ methods }: RejudgeRecord): Table {
  const compared = methods.filter(isCompared);
  return {
    id: "gains",
    caption: `Gain over the non-personalized base LLM under both judges, 95 % intervals`,
    columns: [
      left("method"),
      right("Δ first"),
      INTERVAL,
      right("Δ second"),
      INTERVAL,
      right("change"),
      INTERVAL,
      right("W/L first"),
      right("W/L second"),
    ],
    rows: compared.map(({ name, first, second, change }) => [
      name,
      signed(first.delta),
      interval(first.deltaCi95, signed),
      signed(second.delta),
      interval(second.deltaCi95, signed),
      signed(change.delta),
      interval(change.ci95, signed),
      fixed(first.winLossRatio),
      fixed(second.winLossRatio),
    ]),
    data: compared.flatMap(({ id, name, first, second }) =>
      [first, second].map((s, i) => ({
        id,
        method: name,
        judge: i === 0 ? "first" : "second",
        meanReward: s.meanReward,
        delta: s.delta,
        deltaLow: s.deltaCi95?.[0] ?? null,
        deltaHigh: s.deltaCi95?.[1] ?? null,
        win: s.win,
        tie: s.tie,
        loss: s.loss,
        winLossRatio: s.winLossRatio,
        pValueAdjusted: s.pValueAdjusted,
        missing: s.missing,
      })),
    ),
  };
}

/** How often the judges see the same winner. */
export function outcomeTable({ methods }: RejudgeRecord): Table {
  const rows = methods.flatMap(({ name, outcomes }) => (outcomes === null ? [] : [{ name, ...outcomes }]));
  return {
    id: "outcomes",
    caption:
      "How often both judges see the same of win, tie and loss against the baseline, 95 % intervals over users",
    columns: [
      left("method"),
      right("pairs"),
      right("same outcome"),
      right("Cohen's kappa"),
      right("decided by both"),
      right("same winner"),
    ],
    rows: rows.map((r) => [
      r.name,
      whole(r.pairs),
      estimate(r.same, percent),
      estimate(r.kappa),
      whole(r.decided),
      estimate(r.sameDecided, percent),
    ]),
    data: rows.map(({ name, ...r }) => ({ method: name, ...outcomeData(r) })),
  };
}

const outcomeData = ({ pairs, same, kappa, decided, sameDecided }: OutcomeAgreement) => ({
  pairs,
  ...flat("same", same),
  ...flat("kappa", kappa),
  decided,
  ...flat("sameDecided", sameDecided),
});

/** How the scores themselves agree, for all answers and by method. */
function scoreTable({ overall, methods }: RejudgeRecord): Table {
  return agreementTable("scores", "Agreement of the judges' scores", "answers of", [
    { name: "all, each text once", ...overall },
    ...methods.map(({ name, scores }) => ({ name, ...scores })),
  ]);
}

function principleTable({ principles }: RejudgeRecord): Table {
  const rows = principles.map(({ principle, ...scores }) => ({ name: principle, ...scores }));
  return agreementTable("principles", "Agreement of the judges' scores by principle", "principle", rows);
}

function agreementTable(
  id: string,
  caption: string,
  title: string,
  rows: readonly ({ readonly name: string } & ScoreAgreement)[],
): Table {
  return {
    id,
    caption: `${caption}, 95 % intervals over users; the difference is second minus first, in points of 1-10`,
    columns: [
      left(title),
      right("scores"),
      right("missing"),
      right("Spearman"),
      right("quadratic kappa"),
      right("difference"),
    ],
    rows: rows.map((r) => [
      r.name,
      whole(r.scores),
      whole(r.missing),
      estimate(r.spearman),
      estimate(r.quadraticKappa),
      estimate(r.difference, signed),
    ]),
    data: rows.map((r) => ({
      name: r.name,
      scores: r.scores,
      missing: r.missing,
      ...flat("spearman", r.spearman),
      ...flat("quadraticKappa", r.quadraticKappa),
      ...flat("difference", r.difference),
    })),
  };
}

function flat(name: string, { value, ci95 }: Estimate): Record<string, number | null> {
  return { [name]: value, [`${name}Low`]: ci95?.[0] ?? null, [`${name}High`]: ci95?.[1] ?? null };
}

/** Δ under both judges, and the agreement by method. Loads the drawing library. */
export async function rejudgeFigures({ methods, judges }: RejudgeRecord): Promise<Figure[]> {
  const { intervalPlot } = await import("../../report/figures/interval-plot.ts");
  const { methodColours } = await import("../../report/figures/colours.ts");
  const compared = methods.filter(isCompared);
  const colours = methodColours(compared);
  const row = (name: string, method: string, { value, ci95 }: Estimate, format: typeof fixed) => ({
    name,
    colour: colours.get(method) as string,
    value,
    low: ci95?.[0] ?? null,
    high: ci95?.[1] ?? null,
    text: estimate({ value, ci95 }, format),
  });
  const gains = compared.flatMap(({ name, first, second }) => [
    row(`${name}, first judge`, name, { value: first.delta, ci95: first.deltaCi95 }, signed),
    row(`${name}, second judge`, name, { value: second.delta, ci95: second.deltaCi95 }, signed),
  ]);
  const agreement = compared.flatMap(({ name, outcomes }) =>
    outcomes === null ? [] : [row(name, name, outcomes.kappa, fixed)],
  );
  return [
    {
      id: "gains",
      caption: `Gain Δ over no personalization with 95 % intervals, under ${judges.first.id} (first) and ${judges.second.id} (second).`,
      svg: intervalPlot("Gain under both judges", gains, {
        label: "Δ reward (0: no personalization)",
        reference: 0,
        tickFormat: tickText(signed),
      }),
    },
    {
      id: "outcomes",
      caption:
        "Cohen's kappa of win, tie and loss under both judges, with 95 % intervals over users. 0: no better than chance.",
      svg: intervalPlot("Agreement on who wins", agreement, {
        label: "kappa of win, tie and loss",
        reference: 0,
        tickFormat: tickText(fixed),
      }),
    },
  ];
}
