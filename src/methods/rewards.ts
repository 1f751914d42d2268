import type { RewardedCandidate, StyleLabel, TrainUser } from "../core/artifacts.ts";

/** Rewards in the labels' order; NaN where a candidate or its reward is missing. */
export function rewardsByLabel(
  labels: readonly StyleLabel[],
  candidates: readonly RewardedCandidate[],
): Float64Array {
  const rewards = new Float64Array(labels.length).fill(Number.NaN);
  for (const { principle, direction, reward } of candidates) {
    const at = labels.findIndex((l) => l.principle === principle && l.direction === direction);
    if (at >= 0 && reward !== null) rewards[at] = reward;
  }
  return rewards;
}

/** All rewards that were paid for: users x labels, row-major; NaN where missing. */
export function rewardMatrix(users: readonly TrainUser[], labels: readonly StyleLabel[]): Float64Array {
  const rewards = new Float64Array(users.length * labels.length);
  users.forEach((user, i) => {
    rewards.set(rewardsByLabel(labels, user.candidates), i * labels.length);
  });
  return rewards;
}

/** Index of the largest value, ties to the lower one; NaN never counts. @returns -1 where there is none */
export function bestStyle(values: Float64Array): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value) && (best < 0 || value > (values[best] as number))) best = i;
  }
  return best;
}

/**
 * What a choice of styles is worth to users whose rewards are known: the mean reward of the style with the largest
 * prediction, users whose chosen style has no reward left out. Larger is better.
 * @param predicted as `rewards`: users x styles, row-major
 * @returns `-Infinity` where no chosen style has a reward
 */
export function meanChosenReward(predicted: Float64Array, rewards: Float64Array, styles: number): number {
  let [sum, users] = [0, 0];
  for (let at = 0; at < rewards.length; at += styles) {
    const reward = rewards[at + bestStyle(predicted.subarray(at, at + styles))] as number;
    if (Number.isNaN(reward)) continue;
    sum += reward;
    users++;
  }
  return users === 0 ? Number.NEGATIVE_INFINITY : sum / users;
}
