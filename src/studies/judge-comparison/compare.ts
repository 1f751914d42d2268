import { UsageError } from "../../core/errors.ts";
import { fold, type Key } from "../../core/random.ts";
import { flip } from "../../core/rating-scale.ts";
import { correlationPValue, pearson } from "../../statistics/correlation.ts";
import { mean, quantile, standardDeviation } from "../../statistics/descriptive.ts";
import { meanCorrelationPValues } from "./permute.ts";
import { type Comparison, compareBalances, type Standing, standings } from "./ranking.ts";
import { resampleConversations } from "./resample.ts";
import type { JudgeScores, PairScores } from "./scores.ts";
import { onScale } from "./tenths.ts";

type Interval = readonly [number, number] | null;

/** One judge on one antonym pair. What cannot be computed is `null`. */
interface JudgeRow {
  readonly judge: string;
  /** `a/b`. */
  readonly pair: string;
  /** Conversations with both scores. */
  readonly n: number;
  /** Of s+ + s-; 11 for a judge without bias. */
  readonly meanSum: number | null;
  /** Population deviation of s+ + s-. */
  readonly sdSum: number | null;
  /** Mean |s+ + s- - 11|: lower is better. */
  readonly balance: number | null;
  /** Pearson's r of s+ and s-: nearer -1 is better. `null` when a side is constant or n < 2. */
  readonly correlation: number | null;
  readonly pValue: number | null;
  /** 95 % bootstrap intervals over conversations; `null` below three. */
  readonly balanceCi95: Interval;
  readonly correlationCi95: Interval;
  readonly missing: number;
  readonly belowScale: number;
}

/** One judge over its pairs, each pair with the same weight. */
export interface JudgeOverall extends Standing {
  readonly judge: string;
  /** Conversations with both scores, summed over pairs. */
  readonly n: number;
  readonly balance: number | null;
  /** Over the pairs that have a correlation. */
  readonly meanCorrelation: number | null;
  readonly pValue: number | null;
  readonly balanceCi95: Interval;
  readonly meanCorrelationCi95: Interval;
  /** Its scores were on 1 to 100 and divided by ten; they were put on 1 to 10 (`onScale`). */
  readonly rescaled?: true;
}

export interface JudgeComparison {
  readonly rows: readonly JudgeRow[];
  /** By balance, the best first. */
  readonly overall: readonly JudgeOverall[];
  readonly comparisons: readonly Comparison[];
  readonly resamples: number;
  readonly permutations: number;
}

const MIN_FOR_INTERVAL = 3;

/**
 * Balance and discrimination of LLM judges on antonym pairs (spec section 6), with intervals, tests and a ranking; all
 * on the scale of 1 to 10 (`onScale`).
 * @throws UsageError when there is no judge or two have one name
 */
export function compareJudges(
  given: readonly JudgeScores[],
  key: Key,
  { resamples = 2000, permutations = 9999 } = {},
): JudgeComparison {
  refuseSameNames(given);
  const judges = given.map(onScale);
  const resampled = resampleConversations(judges, fold(key, "bootstrap"), resamples);
  const pValues = meanCorrelationPValues(judges, fold(key, "permutation"), permutations);

  const rows = judges.map(({ judge, pairs }, j) =>
    pairs.map((scores, p): JudgeRow => {
      const n = scores.positive.length;
      const enough = n >= MIN_FOR_INTERVAL;
      const correlation = pearson(scores.positive, scores.negative);
      return {
        judge,
        pair: scores.pair.join("/"),
        n,
        ...sums(scores),
        correlation,
        pValue: correlation === null ? null : correlationPValue(correlation, n),
        balanceCi95: enough ? interval(resampled.balance(j, p)) : null,
        correlationCi95: enough && correlation !== null ? interval(resampled.correlation(j, p)) : null,
        missing: scores.missing,
        belowScale: scores.belowScale,
      };
    }),
  );
  const comparisons = compareBalances(
    judges,
    rows.map((own) => own.map(({ balance }) => balance)),
    resampled,
  );
  const summaries = judges.map(({ judge, rescaled }, j) => {
    const own = rows[j] as JudgeRow[];
    const known = (value: "balance" | "correlation") =>
      own.map((_, p) => p).filter((p) => own[p]![value] !== null);
    const enough = own.every(({ n }) => n >= MIN_FOR_INTERVAL);
    return {
      judge,
      n: own.reduce((sum, { n }) => sum + n, 0),
      balance: mean(known("balance").map((p) => own[p]!.balance!)),
      meanCorrelation: mean(known("correlation").map((p) => own[p]!.correlation!)),
      pValue: pValues[j] as number | null,
      balanceCi95: enough ? meanInterval(known("balance").map((p) => resampled.balance(j, p))) : null,
      meanCorrelationCi95: enough
        ? meanInterval(known("correlation").map((p) => resampled.correlation(j, p)))
        : null,
      ...(rescaled ? { rescaled } : {}),
    };
  });
  const last = Number.POSITIVE_INFINITY;
  summaries.sort((a, b) => (a.balance ?? last) - (b.balance ?? last) || (a.judge < b.judge ? -1 : 1));
  const standing = standings(
    summaries.map(({ judge }) => judge),
    comparisons,
  );
  return {
    rows: rows.flat(),
    overall: summaries.map((summary) => ({ ...summary, ...(standing.get(summary.judge) as Standing) })),
    comparisons,
    resamples,
    permutations,
  };
}

function sums({ positive, negative }: PairScores) {
  const both = positive.map((score, i) => score + negative[i]!);
  return {
    meanSum: mean(both),
    sdSum: standardDeviation(both, "population"),
    balance: mean(positive.map((score, i) => Math.abs(score - flip(negative[i]!)))),
  };
}

/** 95 % percentile interval of the resamples where the statistic is defined. */
function interval(draws: Float64Array): Interval {
  const known = draws.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : [quantile(known, 0.025)!, quantile(known, 0.975)!];
}

/** The same of the mean over pairs, resample by resample. */
function meanInterval(pairs: readonly Float64Array[]): Interval {
  const first = pairs[0];
  if (!first) return null;
  return interval(first.map((_, b) => pairs.reduce((sum, draws) => sum + draws[b]!, 0) / pairs.length));
}

function refuseSameNames(judges: readonly JudgeScores[]): void {
  const names = judges.map(({ judge }) => judge);
  const double = names.find((name, i) => names.indexOf(name) !== i);
  const remedy = "give files of different base names, or name the judge in each line of a JSONL file";
  if (double !== undefined) throw new UsageError(`two judges are called ${double}`, { remedy });
  if (judges.length === 0) throw new UsageError("there is no judge to compare", { remedy });
}
