import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { ratingAt } from "../../ratings/rating-matrix.ts";

/** What an answer in each style is expected to score on each principle, less the middle of the scale. */
export interface StyleRatings {
  readonly styles: number;
  readonly principles: number;
  /** styles x principles, row-major; 0 where nobody's answer was rated. */
  readonly values: Float64Array;
}

/** The mean ratings of the train users' candidates: 2K styles by K principles. */
export function meanStyleRatings(users: readonly PreparedUser[], principles: number): StyleRatings {
  const styles = 2 * principles;
  const sums = new Float64Array(styles * principles);
  const counts = new Float64Array(styles * principles);
  for (const { ratings, candidates } of users) {
    for (let row = 0; row < candidates.length; row++) {
      for (let column = 0; column < principles; column++) {
        const score = ratingAt(ratings, row, column);
        if (score === null) continue;
        sums[row * principles + column]! += score - SCALE_MIDPOINT;
        counts[row * principles + column]!++;
      }
    }
  }
  return { styles, principles, values: sums.map((sum, i) => (counts[i] ? sum / (counts[i] as number) : 0)) };
}

/** A style's expected reward less the middle of the scale. @param preferences one signed weight a principle */
function expectedReward(
  { principles, values }: StyleRatings,
  style: number,
  preferences: ArrayLike<number>,
): number {
  let sum = 0;
  for (let i = 0; i < principles; i++) {
    sum += (values[style * principles + i] as number) * (preferences[i] as number);
  }
  return sum;
}

/** The expected rewards of all styles, less the middle of the scale. */
export function expectedRewards(ratings: StyleRatings, preferences: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: ratings.styles }, (_, style) =>
    expectedReward(ratings, style, preferences),
  );
}

/** The style with the largest expected reward; ties go to the lower index. */
export function bestStyle(ratings: StyleRatings, preferences: ArrayLike<number>): number {
  const rewards = expectedRewards(ratings, preferences);
  return rewards.indexOf(Math.max(...rewards));
}
