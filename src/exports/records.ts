import { z } from "zod";
import type { ModelConfig } from "../core/config/model-schema.ts";
import type { Results, Sample, UserRecord } from "../core/run-record.ts";

const direction = z.enum(["follow", "avoid"]);

/** A line of `users.jsonl` as exports need it: with all texts. */
export const userLine = z.looseObject({
  user: z.string(),
  attributes: z.array(z.looseObject({ attribute: z.string(), side: direction })),
  history: z.array(z.string()),
  prompt: z.string(),
  baseline: z.string().nullable(),
});

/** A sample as it is read from `samples.jsonl`. */
export type ExportedSample = Omit<Sample, "difference">;

/** What an export is made from: a finished run, its samples one at a time. */
export interface ExportedRun {
  readonly results: Results;
  /** Whether a model is one that is computed here, by us, and no server's. */
  readonly inProcess: (model: ModelConfig) => boolean;
  /** The test users, in the run's order. */
  readonly users: readonly UserRecord[];
  samples(): Iterable<ExportedSample>;
  /** When the run was begun, and how long its last invocation took. */
  readonly startedAt: Date;
  readonly seconds: number;
}

/** The gain of an answer over the plain one; `null` where either has no reward. */
export const gainOf = ({
  reward,
  baselineReward,
}: Pick<Sample, "reward" | "baselineReward">): number | null =>
  reward === null || baselineReward === null ? null : reward - baselineReward;
