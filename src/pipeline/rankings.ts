import type { StyleLabel, TrainUser } from "../core/artifacts.ts";
import { rewardsByLabel } from "../methods/rewards.ts";
import { pairwiseAccuracy } from "../numerics/preference-loss.ts";

/**
 * How well a method foresaw which of a test user's candidates the user likes better: it never sees these ratings, and its
 * ranking stands in `samples.jsonl`.
 * @returns `null` where the method ranked nothing, or no two candidates have different rewards
 */
export function rankingAccuracy(
  predicted: readonly (number | null)[] | undefined,
  labels: readonly StyleLabel[],
  { candidates }: TrainUser,
): number | null {
  if (predicted === undefined || candidates.length === 0) return null;
  const expected = predicted.map((value) => value ?? Number.NaN);
  return pairwiseAccuracy(expected, rewardsByLabel(labels, candidates));
}
