import { holm } from "../../statistics/correction.ts";
import { mean, quantile, standardDeviation } from "../../statistics/descriptive.ts";
import { incompleteBeta } from "../../statistics/distributions.ts";
import type { Resampled } from "./resample.ts";
import type { JudgeScores } from "./scores.ts";

/** Below this adjusted p-value two judges differ significantly. */
const LEVEL = 0.05;

/** Two judges' balance on the antonym pairs that both rated. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** Balance of a minus balance of b: negative when a is better. `null` without a common pair. */
  readonly difference: number | null;
  readonly differenceCi95: readonly [number, number] | null;
  readonly pValue: number | null;
  /** Holm's adjustment over all comparisons. */
  readonly pValueAdjusted: number | null;
}

export interface Standing {
  /** From 1, by balance. */
  readonly rank: number;
  /** Judges without a significant difference from the first of their group share its number, from 1. */
  readonly group: number;
  /** All judges, of any group, that this one cannot be told apart from. */
  readonly indistinguishable: readonly string[];
}

/**
 * All comparisons of judges `a` before `b` in the given order. The p-value is two-sided, from the paired difference
 * over its bootstrap standard error, by Student's t with one degree of freedom less than the smallest pair has
 * conversations: too few rather than too many where pairs have conversations of their own (Welch-Satterthwaite's number
 * is never smaller).
 */
export function compareBalances(
  judges: readonly JudgeScores[],
  balances: readonly (readonly (number | null)[])[],
  resampled: Resampled,
): Comparison[] {
  const raw = judges.flatMap((a, i) =>
    judges.slice(i + 1).map((b, offset) => {
      const j = i + 1 + offset;
      const common = commonPairs(a, b).filter(
        ([p, q]) => balances[i]![p] !== null && balances[j]![q] !== null,
      );
      const difference = mean(common.map(([p, q]) => balances[i]![p]! - balances[j]![q]!));
      const draws = differenceDraws(common, i, j, resampled);
      const conversations = Math.min(
        ...common.map(([p, q]) => Math.min(a.pairs[p]!.positive.length, b.pairs[q]!.positive.length)),
      );
      const testable = difference !== null && conversations >= 2 && draws.length >= 2;
      return {
        a: a.judge,
        b: b.judge,
        difference,
        differenceCi95: testable ? ([quantile(draws, 0.025)!, quantile(draws, 0.975)!] as const) : null,
        pValue: testable
          ? studentP(difference, standardDeviation(draws, "sample")!, conversations - 1)
          : null,
      };
    }),
  );
  const adjusted = holm(raw.map(({ pValue }) => pValue));
  return raw.map((comparison, i) => ({ ...comparison, pValueAdjusted: adjusted[i] as number | null }));
}

/**
 * The judges' standings, for judges in order of balance: a group is led by the best judge that is told apart from the
 * leader before, so that a group never mixes its leader with anyone clearly worse. Being alike is not transitive:
 * `indistinguishable` says it for every two.
 */
export function standings(
  order: readonly string[],
  comparisons: readonly Comparison[],
): Map<string, Standing> {
  const alike = new Set<string>();
  for (const { a, b, pValueAdjusted } of comparisons) {
    if (pValueAdjusted !== null && pValueAdjusted < LEVEL) continue;
    alike.add(`${a}\n${b}`).add(`${b}\n${a}`);
  }
  let group = 0;
  let leader: string | undefined;
  return new Map(
    order.map((judge, i) => {
      if (leader === undefined || !alike.has(`${leader}\n${judge}`)) {
        leader = judge;
        group++;
      }
      const indistinguishable = order.filter((other) => alike.has(`${judge}\n${other}`));
      return [judge, { rank: i + 1, group, indistinguishable }];
    }),
  );
}

/** Index pairs of the antonym pairs that both judges rated. */
function commonPairs(a: JudgeScores, b: JudgeScores): (readonly [number, number])[] {
  const names = b.pairs.map(({ pair }) => pair.join("/"));
  return a.pairs.map(({ pair }, p) => [p, names.indexOf(pair.join("/"))] as const).filter(([, q]) => q >= 0);
}

function differenceDraws(
  common: readonly (readonly [number, number])[],
  i: number,
  j: number,
  resampled: Resampled,
): Float64Array {
  const sums = new Float64Array(common.length === 0 ? 0 : resampled.balance(i, common[0]![0]).length);
  for (const [p, q] of common) {
    const first = resampled.balance(i, p);
    const second = resampled.balance(j, q);
    for (let b = 0; b < sums.length; b++) sums[b]! += (first[b]! - second[b]!) / common.length;
  }
  return sums.filter((difference) => !Number.isNaN(difference));
}

function studentP(difference: number, error: number, degrees: number): number {
  if (error <= 1e-12) return Math.abs(difference) <= 1e-12 ? 1 : 0;
  const t = difference / error;
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}
