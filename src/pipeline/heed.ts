import { ratingAt } from "../ratings/rating-matrix.ts";
import { type Inference, infer } from "../statistics/crossed.ts";
import { mean } from "../statistics/descriptive.ts";
import { meanOfCells } from "../statistics/linearised.ts";
import type { PreparedUser } from "./prepared.ts";

/** With fewer users nothing is said: an interval would be too wide to warn by. */
const LEAST_USERS = 10;

/**
 * How far style instructions move the answers: a candidate's score on the principle that it was told to follow minus the
 * score of the one that was told to avoid it, a user's mean over the rated principles, and the mean over users with
 * Student's t.
 * @returns `null` with too few users who have both
 */
export function styleHeed(users: readonly Pick<PreparedUser, "ratings" | "columns">[]): Inference | null {
  const moved = users.flatMap(({ ratings, columns }) => {
    const own = columns.flatMap((principle) => {
      if (ratings.rows <= 2 * principle + 1) return [];
      const follow = ratingAt(ratings, 2 * principle, principle);
      const avoid = ratingAt(ratings, 2 * principle + 1, principle);
      return follow === null || avoid === null ? [] : [follow - avoid];
    });
    return mean(own) ?? [];
  });
  if (moved.length < LEAST_USERS) return null;
  return infer(meanOfCells({ users: moved.length, worlds: 1, values: Float64Array.from(moved) }));
}

/** What to tell of a candidate LLM whose styles show no effect; `undefined` where they do, or too little is known. */
export function heedWarning(
  users: readonly Pick<PreparedUser, "ratings" | "columns">[],
  candidate: string,
): string | undefined {
  const found = styleHeed(users);
  if (found === null || found.ci95[0] > 0) return undefined;
  const [estimate, low, high] = [found.estimate, ...found.ci95].map((x) => x.toFixed(2));
  return (
    `${candidate} does not show that it heeds styles: told to follow a principle, it scores ${estimate} [${low}, ${high}] ` +
    `points more on it than told to avoid it (95 % interval, ${found.users} users). What the routing oracle gains may then be ` +
    "the luck of its best answer; `apm-bench audit` tells"
  );
}
