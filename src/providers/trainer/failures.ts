import { ProviderError } from "../../core/errors.ts";
import type { Trouble } from "./wire.ts";

/** What helps, where the trainer itself says nothing better; by its kinds of errors. */
const REMEDIES: Readonly<Record<string, string>> = {
  "out-of-memory":
    "lower what is computed at once (microBatch, maxTokens or maxPromptTokens and maxAnswerTokens), or train on a larger device",
  killed: "see the trainer's log; on a machine without enough memory the system ends what takes most of it",
  "disk-full": "make room in the trainer's work folder",
  "not-allowed": "start the trainer with --allow and the folder that the model lies in",
  "unsafe-weights": "use a checkpoint with safetensors or a GGUF file",
};

/** That nothing was lost belongs to every failure of a training. */
const GOES_ON =
  "nothing is lost: what was trained lies in its last checkpoint, and the same command goes on from there";

/** A job that failed. */
export function jobFailed(place: string, key: string, { kind, message, remedy }: Trouble): ProviderError {
  const advice = remedy ?? REMEDIES[kind];
  return new ProviderError(`the training failed (${kind}): ${shortened(message)}`, {
    failure: "fatal",
    where: `trainer ${place}, job ${key}`,
    remedy: advice === undefined ? GOES_ON : `${shortened(advice)}; ${GOES_ON}`,
  });
}

/** A request that was refused. @param status of the answer */
export function requestRefused(
  place: string,
  status: number,
  { kind, message, remedy }: Trouble,
  hasToken: boolean,
): ProviderError {
  const where = `trainer ${place}`;
  if (status === 401) {
    return new ProviderError(
      hasToken ? "the trainer refuses the token" : "the trainer wants a token, and none is set",
      {
        failure: "fatal",
        status,
        where,
        remedy:
          "set APM_TRAINER_TOKEN to the text that the trainer was started with, then give the same command",
      },
    );
  }
  const advice = remedy ?? REMEDIES[kind] ?? "see the trainer's own log";
  return new ProviderError(`the trainer refuses this (${kind}): ${shortened(message)}`, {
    failure: status >= 500 && status !== 507 ? "transient" : "fatal",
    status,
    where,
    remedy: shortened(advice),
  });
}

/** Nobody is there, or the connection broke. */
export function trainerAway(place: string, words: string, cause: unknown): ProviderError {
  return new ProviderError(`the trainer is away: ${words}`, {
    failure: "transient",
    isAbsent: true,
    where: `trainer ${place}`,
    remedy: `start it (apm-trainer serve; docs/train-on-a-gpu.md) and give the same command: ${GOES_ON}`,
    cause,
  });
}

/** Something answers there that is no trainer, or one of another time. */
export function notUnderstood(place: string, message: string, remedy: string): ProviderError {
  return new ProviderError(message, { failure: "fatal", where: `trainer ${place}`, remedy });
}

/** Words of another machine are quoted, not trusted to be short. */
const shortened = (words: string): string => words.replace(/\s+/g, " ").trim().slice(0, 400);
