import type { Figure } from "../../report/figures/figure.ts";
import { fixed, interval, percent, pValue, signed, whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { INTERVAL, left, right, type Table } from "../../report/table.ts";
import { isLostToCorrection } from "../../statistics/verdict.ts";
import type { LeaderboardRecord, LeaderboardRow } from "./record.ts";

/** The page of a leaderboard. */
export function leaderboardOutline(record: LeaderboardRecord): StudyOutline {
  const { bundle, judge, users, worlds, revealed, rows } = record;
  const table = rowTable(record);
  const words = [
    `${whole(rows.length)} methods on one frozen set (id ${bundle}), ${whole(users)} test users in ${whole(worlds)} ${worlds === 1 ? "world" : "worlds"}, judged by ${judge}. Δ is the mean gain over the plain answer of the method's own base LLM, in points of reward.`,
    ...(revealed === undefined
      ? []
      : [`Its hidden worlds were revealed on ${revealed}. Answers that came then or later are marked.`]),
    record.limits,
  ];
  return {
    title: "Leaderboard: which methods adapt?",
    subtitle: `Arbitrary Preference Mapping benchmark. Judge ${judge}.`,
    simulated: record.simulated,
    ...(record.simulatedRoles && { simulatedRoles: record.simulatedRoles }),
    words,
    tables: [table, pairTable(record)],
    shown: [table, words.join("\n\n")],
    figures: () => gains(record),
  };
}

const ROLES: Readonly<Record<LeaderboardRow["role"], string>> = {
  method: "",
  oracle: " (check)",
  floor: " (check)",
};

function rowTable({ rows, simulated }: LeaderboardRecord): Table {
  const family = rows.filter(({ pValueAdjusted }) => pValueAdjusted !== null).length;
  return {
    id: "leaderboard",
    caption: `Gain over the non-personalized base LLM: 95 % intervals, not adjusted; p Holm-adjusted over ${family} methods, checks by their own tests`,
    columns: [
      left("method"),
      left("base LLM"),
      right("Δ"),
      INTERVAL,
      right("win"),
      right("loss"),
      right("p (Holm)"),
      { ...left("verdict"), wraps: true },
      { ...right("missing"), isDetail: true },
      { ...left("answers came"), isDetail: true },
      { ...left("SHA-256 of the answers"), isDetail: true },
    ],
    rows: rows.map((row) => [
      `${row.method}${ROLES[row.role]}`,
      row.base,
      signed(row.delta),
      interval(row.deltaCi95, signed),
      percent(row.win),
      percent(row.loss),
      pValue(row.pValueAdjusted ?? row.pValue),
      `${row.verdict}${isLostToCorrection(row) ? ` (not significant after correction for ${family} methods)` : ""}`,
      whole(row.missing),
      row.submission === undefined
        ? ""
        : `${row.submission.received}${row.when === undefined ? "" : `, ${row.when}`}`,
      row.submission?.sha256 ?? "",
    ]),
    data: rows.map(({ deltaCi95, submission, when, ...row }) => ({
      ...row,
      simulated: String(simulated),
      deltaLow: deltaCi95?.[0] ?? null,
      deltaHigh: deltaCi95?.[1] ?? null,
      received: submission?.received ?? null,
      sha256: submission?.sha256 ?? null,
      when: when ?? null,
    })),
  };
}

function pairTable({ pairs, simulated }: LeaderboardRecord): Table {
  return {
    id: "pairs",
    caption: `Methods against each other: the gain of the first minus that of the second; 95 % intervals, not adjusted; p Holm-adjusted over ${pairs.length} pairs`,
    columns: [
      left("method"),
      left("against"),
      right("difference"),
      INTERVAL,
      right("p (Holm)"),
      right("cells"),
    ],
    rows: pairs.map((pair) => [
      pair.a,
      pair.b,
      signed(pair.difference),
      interval(pair.ci95, signed),
      pValue(pair.pValueAdjusted),
      whole(pair.cells),
    ]),
    data: pairs.map(({ ci95, ...pair }) => ({
      ...pair,
      simulated: String(simulated),
      low: ci95?.[0] ?? null,
      high: ci95?.[1] ?? null,
    })),
  };
}

async function gains({ rows }: LeaderboardRecord): Promise<readonly Figure[]> {
  const { intervalPlot } = await import("../../report/figures/interval-plot.ts");
  const { tickText } = await import("../../report/figures/ticks.ts");
  const { methodColours } = await import("../../report/figures/colours.ts");
  const colours = methodColours(rows.map(({ id, method }) => ({ id, name: method })));
  const caption = "Gain Δ over no personalization, with 95 % intervals";
  const svg = intervalPlot(
    caption,
    rows.map(({ method, delta, deltaCi95 }) => ({
      name: method,
      colour: colours.get(method) as string,
      value: delta,
      low: deltaCi95?.[0] ?? null,
      high: deltaCi95?.[1] ?? null,
      text: `${signed(delta)} ${interval(deltaCi95, signed)}`,
    })),
    { label: "Δ reward (0: no personalization)", reference: 0, tickFormat: tickText(fixed) },
  );
  return [{ id: "gains", caption, svg }];
}
