import { quantile } from "../../statistics/descriptive.ts";
import { type LearningCurve, sizeFor } from "../../statistics/learning-curve.ts";

/** Shares of the oracle's gain that are asked for. */
const SHARES = [0.5, 0.8] as const;
/** How far beyond the largest train set a curve is followed. */
export const FARTHEST = 4;

/** How many train users would reach a share of the oracle's gain. */
export interface UsersNeeded {
  readonly share: number;
  /** The gain that is that share. */
  readonly gain: number;
  /**
   * - `found`: `users`, within the smallest train set and four times the largest;
   * - `at most`: the smallest train set (`users`) reaches it already;
   * - `cannot say`: it lies beyond four times the largest, or the curve never comes there.
   */
  readonly state: "found" | "at most" | "cannot say";
  readonly users: number | null;
  /** 95 %; an upper end beyond four times the largest train set is `null`, and so is the whole where both ends are. */
  readonly ci95: readonly [number, number | null] | null;
}

/**
 * Where a curve comes to half and to 80 % of the oracle's gain.
 * @param drawn curves and oracle gains of the draws, for the interval
 * @param sizes of the train sets, ascending
 * @returns nothing where the oracle gains nothing
 */
export function usersNeeded(
  fit: LearningCurve,
  oracle: number,
  drawn: readonly { readonly curve: LearningCurve; readonly oracle: number | null }[],
  sizes: readonly number[],
): UsersNeeded[] {
  if (oracle <= 0) return [];
  const [smallest, farthest] = [sizes[0] as number, FARTHEST * (sizes.at(-1) as number)];
  return SHARES.map((share): UsersNeeded => {
    const about = { share, gain: share * oracle };
    const users = sizeFor(fit, share * oracle);
    const ends = drawn.map((draw) =>
      Math.max(smallest, sizeFor(draw.curve, share * (draw.oracle ?? oracle))),
    );
    const [low, high] = [quantile(ends, 0.025), quantile(ends, 0.975)];
    const ci95 =
      low === null || high === null || low > farthest
        ? null
        : ([low, high > farthest ? null : high] as const);
    if (!(users <= farthest)) return { ...about, state: "cannot say", users: null, ci95 };
    return {
      ...about,
      state: users <= smallest ? "at most" : "found",
      users: Math.max(smallest, users),
      ci95,
    };
  });
}
