import type { TrainUser } from "../../core/artifacts.ts";
import type { LabelStrategy } from "../../core/config/ids.ts";
import type { MethodContext } from "../method.ts";
import { bestStyle } from "../rewards.ts";
import { labelTarget } from "./labels.ts";

/** What a classifier is to learn of users: distributions over the labels. */
export interface Targets {
  /** Users x labels, row-major. */
  readonly targets: Float64Array;
  /** 1 a user; 0 for one whose rewards do not tell. */
  readonly weights: Float64Array;
}

/** Targets of users; one whose rewards do not tell has an even distribution of weight 0. */
export function targetMatrix(
  strategy: LabelStrategy,
  users: readonly TrainUser[],
  { labels }: Pick<MethodContext, "labels">,
): Targets {
  const targets = new Float64Array(users.length * labels.length);
  const weights = new Float64Array(users.length);
  for (const [i, user] of users.entries()) {
    const target = labelTarget(strategy, labels, user.candidates);
    targets.set(target ?? new Float64Array(labels.length).fill(1 / labels.length), i * labels.length);
    weights[i] = target === null ? 0 : 1;
  }
  return { targets, weights };
}

/** How often the most probable label is the target's; `null` where no user's rewards tell. */
export function labelAccuracy(probabilities: Float64Array, { targets, weights }: Targets): number | null {
  const classes = targets.length / weights.length;
  let [right, all] = [0, 0];
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    const row = [i * classes, (i + 1) * classes] as const;
    all++;
    if (bestStyle(probabilities.subarray(...row)) === bestStyle(targets.subarray(...row))) right++;
  }
  return all === 0 ? null : right / all;
}

/** Users by label; a soft target counts in parts. */
export function labelCounts({ targets, weights }: Targets): number[] {
  const classes = weights.length === 0 ? 0 : targets.length / weights.length;
  return Array.from({ length: classes }, (_, k) =>
    weights.reduce((sum, weight, i) => sum + weight * (targets[i * classes + k] as number), 0),
  );
}
