import type { CallCount } from "../../pipeline/estimate-calls.ts";

/** A part of a run: what its users are asked for, or all that comes after, in so many shards. */
export interface EstimatedPart {
  readonly stage: "users" | "answers";
  readonly of: number;
}

/** A shard's share of its stage. Shards are of one size, to a user. */
export function ofPart(counts: readonly CallCount[], part: EstimatedPart | undefined): readonly CallCount[] {
  if (part === undefined) return counts;
  return counts
    .filter(({ ofUsers = false }) => ofUsers === (part.stage === "users"))
    .map((count) => ({ ...count, asks: Math.ceil(count.asks / part.of), calls: count.calls / part.of }));
}
