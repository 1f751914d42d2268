import type { CrossedCells } from "./crossed.ts";

/** Rewards that differ by less than this tie: sums of the same scores in another order must not win or lose. */
export const TIE_TOLERANCE = 1e-9;

/**
 * Paired differences, method minus baseline; NaN where either reward is missing. Unit: one user in one world; clusters:
 * users and worlds.
 */
export type Differences = CrossedCells;

/**
 * Differences of rewards indexed [world][user], `null` where missing; every world has the same users in the
 * same order. A tie is a difference of exactly 0.
 * @throws RangeError when the two sides differ in shape.
 */
export function pairedDifferences(
  method: readonly (readonly (number | null)[])[],
  baseline: readonly (readonly (number | null)[])[],
): Differences {
  const worlds = method.length;
  const users = method[0]?.length ?? 0;
  const ragged = (side: typeof method) => side.length !== worlds || side.some((row) => row.length !== users);
  if (ragged(method) || ragged(baseline))
    throw new RangeError("pairedDifferences: the sides differ in shape");
  const values = new Float64Array(users * worlds).fill(Number.NaN);
  for (let world = 0; world < worlds; world++) {
    for (let user = 0; user < users; user++) {
      const a = method[world]?.[user] ?? null;
      const b = baseline[world]?.[user] ?? null;
      if (a === null || b === null) continue;
      values[user * worlds + world] = Math.abs(a - b) <= TIE_TOLERANCE ? 0 : a - b;
    }
  }
  return { users, worlds, values };
}
