import type { Key } from "../../core/random.ts";
import type { Bounds } from "../../core/rating-scale.ts";
import type { Interval } from "../../core/run-record.ts";
import {
  kappaStatistic,
  type PairStatistic,
  sameStatistic,
  spearmanStatistic,
} from "../../statistics/agreement.ts";
import { clusterIntervals } from "../../statistics/cluster-bootstrap.ts";
import { type CrossedCells, infer } from "../../statistics/crossed.ts";
import { type Differences, TIE_TOLERANCE } from "../../statistics/differences.ts";
import { ratioOfSums } from "../../statistics/linearised.ts";
import type { ScorePair } from "./collect.ts";

/**
 * An estimate with its 95 % interval over users: Student's t for a mean; a bootstrap for correlations and kappa, whose
 * ranks and chance agreement are no sums that could be linearised, and for shares, which it keeps between 0 and 1.
 */
export interface Estimate {
  readonly value: number | null;
  readonly ci95: Interval | null;
}

/** How two judges' scores of the same texts on the same principles go together. */
export interface ScoreAgreement {
  /** Scores that both gave, and those that one of them did not. */
  readonly scores: number;
  readonly missing: number;
  readonly spearman: Estimate;
  /** On whole scores 1..10, to which other scores are rounded. */
  readonly quadraticKappa: Estimate;
  /** Mean of the second judge's score minus the first's. */
  readonly difference: Estimate;
}

/** How often both judges see the same winner of method and baseline. */
export interface OutcomeAgreement {
  readonly pairs: number;
  /** Share of pairs with the same of win, tie and loss, and Cohen's kappa of the three. */
  readonly same: Estimate;
  readonly kappa: Estimate;
  /** Among the pairs in which neither judge sees a tie. */
  readonly decided: number;
  readonly sameDecided: Estimate;
}

/** A method's gains under the first and the second judge. */
export interface Gains {
  readonly first: Differences;
  readonly second: Differences;
}

/**
 * Of scores by two judges; a score that one of them lacks is counted as missing.
 * @param ends of the scores, whose whole numbers between them are kappa's classes
 */
export function scoreAgreement(
  pairs: readonly ScorePair[],
  ends: Bounds,
  key: Key,
  resamples: number,
): ScoreAgreement {
  const known = pairs.filter((p) => p.first !== null && p.second !== null);
  const [x, y] = (["first", "second"] as const).map((judge) => known.map((p) => p[judge] as number)) as [
    number[],
    number[],
  ];
  const clusters = known.map(({ user }) => user);
  const [spearman, quadraticKappa] = estimates(
    clusters,
    [
      spearmanStatistic(x, y),
      kappaStatistic(
        x.map(Math.round),
        y.map(Math.round),
        [Math.round(ends[0]), Math.round(ends[1])],
        "quadratic",
      ),
    ],
    key,
    resamples,
  ) as [Estimate, Estimate];
  const difference = meanDifference(known);
  return { scores: known.length, missing: pairs.length - known.length, spearman, quadraticKappa, difference };
}

/** The mean over scores, which a user has many of. */
function meanDifference(known: readonly ScorePair[]): Estimate {
  const users = [...Map.groupBy(known, ({ user }) => user).values()];
  const column = (of: (pairs: readonly ScorePair[]) => number): CrossedCells => ({
    users: users.length,
    worlds: 1,
    values: Float64Array.from(users, of),
  });
  const mean = ratioOfSums(
    column((pairs) => pairs.reduce((sum, { first, second }) => sum + (second ?? 0) - (first ?? 0), 0)),
    column((pairs) => pairs.length),
  );
  return { value: mean?.estimate ?? null, ci95: infer(mean)?.ci95 ?? null };
}

/** Of wins, ties and losses, on the users and worlds in which both judges gave rewards. */
export function outcomeAgreement({ first, second }: Gains, key: Key, resamples: number): OutcomeAgreement {
  const pairs = Array.from(first.values, (gain, i) => ({
    user: Math.floor(i / first.worlds),
    x: outcomeOf(gain),
    y: outcomeOf(second.values[i] as number),
  })).filter(({ x, y }) => !Number.isNaN(x) && !Number.isNaN(y));
  const decided = pairs.filter(({ x, y }) => x !== 0 && y !== 0);
  const sides = (list: typeof pairs): [number[], number[]] => [
    list.map(({ x }) => x),
    list.map(({ y }) => y),
  ];
  const users = (list: typeof pairs): number[] => list.map(({ user }) => user);
  const [same, kappa] = estimates(
    users(pairs),
    [sameStatistic(...sides(pairs)), kappaStatistic(...sides(pairs), [-1, 1], "nominal")],
    key,
    resamples,
  ) as [Estimate, Estimate];
  const [sameDecided] = estimates(users(decided), [sameStatistic(...sides(decided))], key, resamples) as [
    Estimate,
  ];
  return { pairs: pairs.length, same, kappa, decided: decided.length, sameDecided };
}

/** +1: the method wins; -1: the baseline; 0: a tie; NaN: unknown. */
function outcomeOf(gain: number): number {
  if (Number.isNaN(gain)) return gain;
  return gain > TIE_TOLERANCE ? 1 : gain < -TIE_TOLERANCE ? -1 : 0;
}

function estimates(
  clusters: readonly number[],
  statistics: readonly PairStatistic[],
  key: Key,
  resamples: number,
): Estimate[] {
  const intervals = clusterIntervals(clusters, statistics, key, resamples);
  return statistics.map((statistic, i) => ({ value: statistic(), ci95: intervals[i] ?? null }));
}
