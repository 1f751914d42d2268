import type { Split } from "../../core/artifacts.ts";
import type { RunSetup } from "../run-setup.ts";
import { answeringMethods, neededPlaces, type WorkUnit } from "./unit.ts";

/** One of several processes that share the work of a run without knowing of each other. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/**
 * What shards do together before the next of these can begin.
 * - `users`: rewrites, candidates, ratings, and plain answers to test users: no shard needs another.
 * - `fit`: every method is fitted in every world. All train and validation users must be known.
 * - `answers`: methods answer test users and are judged. All users must be known; what fitting asks is asked again where it
 *   is not stored.
 */
export const SHARD_STAGES = ["users", "fit", "answers"] as const;
export type ShardStage = (typeof SHARD_STAGES)[number];

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/**
 * A shard's part of a stage: consecutive users of each split, fits in turn, consecutive test users in all worlds and with
 * all methods. Different shards ask nothing alike but for what methods ask in fitting. Together they are the stage, but for
 * users who take the place of failed ones.
 */
export function shardUnits(run: RunSetup, stage: ShardStage, { index, of }: Shard): WorkUnit[] {
  const places = neededPlaces(run);
  const part = (count: number): { from: number; to: number } => ({
    from: Math.floor((count * (index - 1)) / of),
    to: Math.floor((count * index) / of),
  });
  const { worlds } = run.config;
  switch (stage) {
    case "users":
      return SPLITS.map((split) => ({ kind: "users" as const, split, ...part(places[split]) })).filter(
        ({ from, to }) => from < to,
      );
    case "fit": {
      const learning = run.methods.filter(({ learns }) => learns);
      return worlds
        .flatMap((world) => learning.map(({ name }) => ({ world, method: name })))
        .filter((_, i) => i % of === index - 1)
        .map((what) => ({ kind: "answers" as const, ...what, from: 0, to: 0 }));
    }
    case "answers": {
      const range = part(places.test);
      if (range.from === range.to) return [];
      return worlds.flatMap((world) =>
        answeringMethods(run).map((method) => ({ kind: "answers" as const, world, method, ...range })),
      );
    }
  }
}
