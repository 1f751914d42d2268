import type { StyleLabel, TrainUser, UserText } from "../core/artifacts.ts";
import type { MethodConfig } from "../core/config/resolved.ts";
import type { Key } from "../core/random.ts";

/** Users that methods learn from, without their rewards. */
export type LearnersTexts = Readonly<Record<"train" | "validation", readonly UserText[]>>;

/**
 * All that decides a fit of a method that fits alone: plain data, which can be sent to another thread. Of candidates there are
 * rewards without texts.
 */
export interface FitOrder {
  readonly method: MethodConfig;
  readonly key: Key;
  readonly labels: readonly StyleLabel[];
  readonly users: LearnersTexts;
  /** Users x labels, row-major: NaN where the reward is not known, infinite where there is no candidate. */
  readonly rewards: Readonly<Record<"train" | "validation", Float64Array>>;
}

/** A fit that can be done before it is asked for. */
export interface FitAhead {
  /** The method's name. */
  readonly method: string;
  /** The world's seed. */
  readonly world: number;
  /** Made when its turn comes. */
  order(): FitOrder;
}

/** The users of an order, as the method's fit takes them. */
export function orderedUsers(
  { labels, users, rewards }: Pick<FitOrder, "labels" | "users" | "rewards">,
  split: "train" | "validation",
): TrainUser[] {
  return users[split].map((text, i) => ({
    ...text,
    candidates: labels.flatMap((label, row) => {
      const reward = rewards[split][i * labels.length + row] as number;
      if (reward === Number.POSITIVE_INFINITY) return [];
      return [{ ...label, text: "", reward: Number.isNaN(reward) ? null : reward }];
    }),
  }));
}
