import { z } from "zod";
import type { TrainerAnswer, TrainerHealth, TrainerProgress } from "../../core/ports/trainer.ts";

/** What a trainer says, as far as it is believed; `null` is what is not known. */
const known = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
const count = known(z.number());

const progressSchema = z.object({
  phase: known(z.string().max(100)),
  step: count,
  steps: count,
  epoch: count,
  trainLoss: count,
  tokensPerSecond: count,
  peakBytes: count,
  secondsLeft: count,
  validation: known(
    z.array(z.object({ epoch: z.number(), loss: z.number().nullable(), accuracy: z.number().nullable() })),
  ),
});

/** Why a job failed, or a request was refused. */
const troubleSchema = z.object({
  kind: z.string().max(100),
  message: z.string(),
  remedy: z.string().nullish(),
});
export type Trouble = z.output<typeof troubleSchema>;

export const stateSchema = z.object({
  state: z.enum(["queued", "running", "done", "failed"]),
  progress: progressSchema.nullish(),
  error: troubleSchema.nullish(),
});
export type JobState = z.output<typeof stateSchema>;

export const refusalSchema = z.object({ error: troubleSchema });

export const healthSchema = z.object({
  name: z.string(),
  version: z.string(),
  protocol: z.number(),
  device: z.string(),
  deviceName: known(z.string()),
}) satisfies z.ZodType<TrainerHealth>;

export const answersSchema = z.array(
  z.object({
    id: z.string(),
    text: z.string(),
    finishReason: z.enum(["stop", "length"]),
    inputTokens: z.int().min(0),
    outputTokens: z.int().min(0),
  }),
) satisfies z.ZodType<readonly TrainerAnswer[]>;

export const probabilitiesSchema = z.record(z.string(), z.array(z.number().min(0).max(1)));

/** A state as whoever watches it is told. */
export function progressOf({ state, progress }: JobState): TrainerProgress {
  const { validation, ...rest } = progress ?? {};
  const measured = validation?.flatMap(({ epoch, loss, accuracy }) =>
    loss === null || accuracy === null ? [] : [{ epoch, loss, accuracy }],
  );
  return { state, ...rest, ...(measured === undefined ? {} : { validation: measured }) };
}

/** Only names that a trainer may give to files: nothing that leads elsewhere. */
export const FILE_NAME = /^[\w-][\w.-]{0,99}$/;
