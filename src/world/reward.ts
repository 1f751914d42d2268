import type { Target } from "../core/artifacts.ts";
import { highestToward, type ScoreMapping, toward } from "../core/rating-scale.ts";

/**
 * r(u, x, y) = sum_i w_i s'_i, within `rewardBounds` (spec section 1): the only place where ratings are weighted.
 * @param scoreOf the judge's score of the answer on a principle (by index), `null` when missing
 * @returns `null` when a needed score is missing, and without any target: who prefers nothing has no reward
 */
export function reward(
  targets: readonly Target[],
  scoreOf: (principle: number) => number | null,
): number | null {
  if (targets.length === 0) return null;
  let sum = 0;
  for (const { principle, sign, weight } of targets) {
    const score = scoreOf(principle);
    if (score === null) return null;
    sum += weight * toward(score, sign);
  }
  return sum;
}

/** The most that a reward could be: every target's side shown perfectly. */
export function highestReward(targets: readonly Target[], mapping: ScoreMapping | undefined): number {
  return targets.reduce((sum, { sign, weight }) => sum + weight * highestToward(sign, mapping), 0);
}
