import type { RewardedCandidate, StyleLabel } from "../../core/artifacts.ts";
import type { LabelStrategy } from "../../core/config/ids.ts";
import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import { bestStyle, rewardsByLabel } from "../rewards.ts";

/**
 * A train user's rewards as a distribution over the 2K labels (spec section 4.2), in the labels' order
 * follow_0, avoid_0, follow_1, ...: one-hot for the three argmax strategies, a softmax for `soft`.
 * Ties go to the lower index.
 * @returns `null` when too many rewards are missing to tell
 */
export function labelTarget(
  strategy: LabelStrategy,
  labels: readonly StyleLabel[],
  candidates: readonly RewardedCandidate[],
): Float64Array | null {
  return STRATEGIES[strategy](rewardsByLabel(labels, candidates));
}

const STRATEGIES: Record<LabelStrategy, (rewards: Float64Array) => Float64Array | null> = {
  /** m_i = r(follow_i) - r(avoid_i); the largest |m_i|, direction its sign. */
  margin: (rewards) =>
    signedArgmax(rewards, (i) => (rewards[2 * i] as number) - (rewards[2 * i + 1] as number)),
  /** The largest |r(follow_i) - 5.5|, direction its sign. */
  "one-sided": (rewards) => signedArgmax(rewards, (i) => (rewards[2 * i] as number) - SCALE_MIDPOINT),
  /** The largest reward of all 2K. */
  "two-sided": (rewards) => {
    const best = bestStyle(rewards);
    return best < 0 ? null : oneHot(rewards.length, best);
  },
  /** softmax of the rewards at temperature 1; a missing reward gets no mass. */
  soft: (rewards) => {
    let max = Number.NEGATIVE_INFINITY;
    for (const r of rewards) if (r > max) max = r;
    if (max === Number.NEGATIVE_INFINITY) return null;
    const mass = rewards.map((r) => (Number.isNaN(r) ? 0 : Math.exp(r - max)));
    const total = mass.reduce((a, b) => a + b, 0);
    return mass.map((m) => m / total);
  },
};

function signedArgmax(rewards: Float64Array, margin: (i: number) => number): Float64Array | null {
  let best = -1;
  let bestMargin = 0;
  for (let i = 0; i < rewards.length / 2; i++) {
    const m = margin(i);
    if (!Number.isNaN(m) && (best < 0 || Math.abs(m) > Math.abs(bestMargin))) {
      best = i;
      bestMargin = m;
    }
  }
  return best < 0 ? null : oneHot(rewards.length, 2 * best + (bestMargin >= 0 ? 0 : 1));
}

function oneHot(length: number, at: number): Float64Array {
  const vector = new Float64Array(length);
  vector[at] = 1;
  return vector;
}
