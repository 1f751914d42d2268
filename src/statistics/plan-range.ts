import { type Key, type Rng, rngOf } from "../core/random.ts";
import { quantile } from "./descriptive.ts";
import { type PowerOptions, usersNeeded } from "./power.ts";
import type { StudySize } from "./test-power.ts";
import type { VarianceComponents } from "./variance-components.ts";

/** How many pilots are imagined: enough for the tenths of a distribution. */
const PILOTS = 40;

/** The lower and the upper end of the middle eighty of a hundred. */
const TENTHS = [0.1, 0.9] as const;

/**
 * How far the users that a pilot's variances ask for would differ from pilot to pilot: the middle 80 % over imagined
 * pilots of the same size, whose mean squares are those found times chi-squares over their degrees of freedom (a
 * parametric bootstrap; Davison and Hinkley, 1997, section 2.2).
 * @param pilot the size that the variances were estimated from
 * @returns `null` for an end where no number of users suffices
 */
export function usersNeededRange(
  variance: VarianceComponents,
  pilot: StudySize,
  effect: number,
  worlds: number,
  key: Key,
  options: PowerOptions = {},
): readonly [number | null, number | null] {
  const rng = rngOf(key);
  const needed = Array.from(
    { length: PILOTS },
    () => usersNeeded(drawnVariance(variance, pilot, rng), effect, worlds, options) ?? Infinity,
  );
  const end = (tenth: number): number | null => {
    const users = quantile(needed, tenth);
    return users === null || users === Infinity ? null : Math.round(users);
  };
  return [end(TENTHS[0]), end(TENTHS[1])];
}

/** What another pilot of this size would estimate, if the variances were as they are given. */
function drawnVariance(
  { users: perUser, worlds: perWorld, residual }: VarianceComponents,
  { users, worlds }: StudySize,
  rng: Rng,
): VarianceComponents {
  const drawn = (expected: number, df: number): number => (expected * chiSquare(df, rng)) / df;
  if (perWorld === null) return { users: drawn(perUser + residual, users - 1), worlds: null, residual: 0 };
  const cell = drawn(residual, (users - 1) * (worlds - 1));
  return {
    users: Math.max(0, (drawn(residual + worlds * perUser, users - 1) - cell) / worlds),
    worlds: Math.max(0, (drawn(residual + users * perWorld, worlds - 1) - cell) / users),
    residual: cell,
  };
}

/** Above this a chi-square is drawn by the cube of a normal (Wilson and Hilferty, 1931), as good as exact there. */
const MANY = 40;

function chiSquare(df: number, rng: Rng): number {
  if (df > MANY) {
    const spread = 2 / (9 * df);
    return df * (1 - spread + rng.normal() * Math.sqrt(spread)) ** 3;
  }
  let sum = 0;
  for (let i = 0; i < df; i++) sum += rng.normal() ** 2;
  return sum;
}
