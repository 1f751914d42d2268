import type { Candidate, RewardedCandidate, Target, TrainUser } from "../core/artifacts.ts";
import { ratingAt } from "../ratings/rating-matrix.ts";
import type { World } from "../world/mapping.ts";
import { reward } from "../world/reward.ts";
import { targetsOf } from "../world/targets.ts";
import type { PreparedUser } from "./prepared.ts";

/** A prepared user as one world sees it: targets, and candidates with their rewards. */
export interface WorldUser {
  readonly targets: readonly Target[];
  /** Without attributes, targets or C: what methods may learn from (of test users: the oracle alone). */
  readonly visible: TrainUser;
}

/** Re-weights a user's ratings by a world's mapping: no model call is made. */
export function inWorld(user: PreparedUser, world: World, targetCount: number): WorldUser {
  const targets = targetsOf(world.matrix, user.profile.attributes, targetCount);
  const candidates = user.candidates.flatMap((candidate, row): RewardedCandidate[] =>
    candidate === null ? [] : [new Rewarded(candidate, rewardOf(user, targets, row))],
  );
  return { targets, visible: { ...user.text, candidates } };
}

/**
 * A candidate whose text may be unpacked when it is read: it is not copied. The text is an own property all the same, so that a
 * method may spread a candidate or write it as JSON.
 */
class Rewarded implements RewardedCandidate {
  static readonly #text = {
    enumerable: true,
    get(this: Rewarded): string {
      return this.#candidate.text;
    },
  };
  declare readonly text: string;
  readonly principle: string;
  readonly direction: Candidate["direction"];
  readonly reward: number | null;
  readonly #candidate: Candidate;

  constructor(candidate: Candidate, reward: number | null) {
    this.principle = candidate.principle;
    this.direction = candidate.direction;
    this.reward = reward;
    this.#candidate = candidate;
    Object.defineProperty(this, "text", Rewarded.#text);
  }
}

/** What a user would give each candidate in a world, in the order of the style labels; `null` where that is not known. */
export function rewardsIn(user: PreparedUser, world: World, targetCount: number): (number | null)[] {
  const targets = targetsOf(world.matrix, user.profile.attributes, targetCount);
  return user.candidates.map((candidate, row) => (candidate === null ? null : rewardOf(user, targets, row)));
}

function rewardOf({ ratings }: PreparedUser, targets: readonly Target[], row: number): number | null {
  return reward(targets, (principle) => ratingAt(ratings, row, principle));
}
