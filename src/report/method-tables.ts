import type { MethodResult, PairResult, Results } from "../core/run-record.ts";
import { roleOf } from "../methods/about.ts";
import { isLostToCorrection, verdictOf } from "../statistics/verdict.ts";
import { fixed, interval, percent, pValue, signed, whole } from "./format.ts";
import { familySize, verdictWords } from "./headline.ts";
import { scopeWords } from "./scope.ts";
import { type Column, INTERVAL, left, right, type Table } from "./table.ts";

/** What an interval in a table is, so that nobody takes it for adjusted. */
const INTERVALS = "95 % intervals, not adjusted";

const COLUMNS: readonly Column[] = [
  left("method"),
  right("reward"),
  right("Δ"),
  left("interval of Δ"),
  { ...right("SD worlds"), isDetail: true },
  right("win"),
  { ...right("tie"), isDetail: true },
  right("loss"),
  { ...right("W/L"), isDetail: true },
  { ...left("interval of W/L"), isDetail: true },
  right("p (Holm)"),
  right("missing"),
  { ...left("verdict"), wraps: true },
];

function cells(method: MethodResult, results: Results): string[] {
  const { name, summary: s } = method;
  return [
    name,
    fixed(s.meanReward),
    signed(s.delta),
    interval(s.deltaCi95, signed),
    fixed(s.deltaSdOverWorlds),
    percent(s.win),
    percent(s.tie),
    percent(s.loss),
    fixed(s.winLossRatio),
    winLossInterval(s),
    pValue(s.pValueAdjusted),
    whole(s.missing),
    verdictWords(method, results),
  ];
}

/** An interval of one bound says why: nothing was lost, or nothing won. */
function winLossInterval({ winLossRatioCi95: ci, winLossRatio }: MethodResult["summary"]): string {
  const text = interval(ci, fixed);
  if (ci === null || (ci[0] !== null && ci[1] !== null)) return text;
  return `${text} ${winLossRatio === null ? "no loss" : "no win"}`;
}

/** One row a method: the main result. Oracle and floors are marked as checks; the headline lists them apart. */
export function methodTable(results: Results): Table {
  const family = familySize(results);
  const correction =
    family > 0 ? `p Holm-adjusted over ${family} method${family === 1 ? "" : "s"}` : "no test";
  const isComplete = results.methods.every((m) => m.summary.missing === 0);
  return {
    id: "methods",
    caption: `Gain over the non-personalized base LLM${scopeWords(results.worlds.length)}: ${INTERVALS}; ${correction}, checks by their own tests`,
    columns: COLUMNS.map((c) => (c.title === "missing" ? { ...c, isDetail: isComplete } : c)),
    rows: results.methods.map((m) => cells(m, results)),
    data: results.methods.map((m) => methodData(m, results)),
  };
}

function methodData(method: MethodResult, { simulated }: Results): Table["data"][number] {
  const { id, name, summary: s } = method;
  return {
    id,
    name,
    simulated: String(simulated),
    meanReward: s.meanReward,
    delta: s.delta,
    deltaLow: s.deltaCi95?.[0] ?? null,
    deltaHigh: s.deltaCi95?.[1] ?? null,
    standardError: s.standardError,
    degreesOfFreedom: s.degreesOfFreedom,
    deltaSdOverWorlds: s.deltaSdOverWorlds,
    win: s.win,
    tie: s.tie,
    loss: s.loss,
    winLossRatio: s.winLossRatio,
    winLossRatioLow: s.winLossRatioCi95?.[0] ?? null,
    winLossRatioHigh: s.winLossRatioCi95?.[1] ?? null,
    pValue: s.pValue,
    pValueAdjusted: s.pValueAdjusted,
    verdict: s.verdict,
    minimalDetectableEffect: s.minimalDetectableEffect,
    minimalDetectableEffectAdjusted: s.minimalDetectableEffectAdjusted,
    users: s.users,
    worlds: s.worlds,
    missing: s.missing,
    role: roleOf(method),
  };
}

/** Every two methods against each other: the baseline's noise is in neither. */
export function pairTable(results: Results): Table {
  const pairs = pairsOf(results);
  return {
    id: "pairs",
    caption: `Methods against each other${scopeWords(results.worlds.length)}, on users and worlds where both have a reward: ${INTERVALS}; p Holm-adjusted over ${pairs.length} pair${pairs.length === 1 ? "" : "s"}`,
    columns: [
      left("method"),
      left("against"),
      right("difference"),
      INTERVAL,
      right("p (Holm)"),
      { ...left("verdict"), wraps: true },
      right("cells"),
    ],
    rows: pairs.map((pair) => [
      pair.a,
      pair.b,
      signed(pair.difference),
      interval(pair.ci95, signed),
      pValue(pair.pValueAdjusted),
      pairVerdict(pair, results),
      whole(pair.cells),
    ]),
    data: pairs.map(({ ci95, ...pair }) => ({
      a: pair.a,
      b: pair.b,
      simulated: String(results.simulated),
      difference: pair.difference,
      low: ci95?.[0] ?? null,
      high: ci95?.[1] ?? null,
      standardError: pair.standardError,
      degreesOfFreedom: pair.degreesOfFreedom,
      pValue: pair.pValue,
      pValueAdjusted: pair.pValueAdjusted,
      cells: pair.cells,
    })),
  };
}

/** What the first method is beside the second, by the rule of every verdict. */
function pairVerdict({ difference, ci95, ...p }: PairResult, results: Results): string {
  const finding = { delta: difference, deltaCi95: ci95, ...p };
  const verdict = verdictOf(finding, results.config.statistics.margin);
  return isLostToCorrection(finding)
    ? `${verdict} (not significant after correction for ${pairsOf(results).length} pairs)`
    : verdict;
}

/** A record that compares no methods, as those of earlier versions, has no pairs. */
const pairsOf = ({ pairs }: Partial<Pick<Results, "pairs">>): Results["pairs"] => pairs ?? [];
