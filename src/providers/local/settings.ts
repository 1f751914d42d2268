import { availableParallelism } from "node:os";
import { UsageError } from "../../core/errors.ts";
import type { Sampling } from "../../neural/decoder/sample.ts";

/** A model run in the process; the shape of a model's configuration. */
export interface LocalSettings {
  /** A checkpoint folder, a GGUF file, or `tiny`. */
  readonly model: string;
  /** What is not set is as the checkpoint's `generation_config.json` says, or else plain sampling. */
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  /** Another seed, other draws. */
  readonly seed?: number | undefined;
  /** Texts that end an answer and are no part of it. */
  readonly stop?: readonly string[] | undefined;
  /** Tokens of an answer at most (1,024 when absent), and no more than the context has left; for an embedder: of a text. */
  readonly maxTokens?: number | undefined;
  /** `threads`: worker threads, 0 for none; two at least are left to the rest of a large machine. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** Of an answer, where the configuration does not say: small models may never end, and room is kept for all of it. */
export const MOST_TOKENS = 1024;

/** Decoding is bound by memory: more threads than this rarely add speed. */
const MOST_THREADS = 8;

/** @throws UsageError for an option that does not exist */
export function threadsOf({ model, options = {} }: LocalSettings): number {
  const where = `models (local:${model}).options`;
  const unknown = Object.keys(options).find((key) => key !== "threads");
  if (unknown !== undefined) {
    throw new UsageError(`there is no option "${unknown}" of a local model`, {
      where,
      remedy: "the only option is threads",
    });
  }
  const cores = availableParallelism();
  const { threads = Math.min(MOST_THREADS, cores > 4 ? cores - 2 : cores) } = options;
  if (Number.isInteger(threads) && (threads as number) >= 0 && (threads as number) <= 64)
    return threads as number;
  throw new UsageError(`threads must be a whole number from 0 to 64, found ${JSON.stringify(threads)}`, {
    where,
  });
}

/** The settings, completed by the checkpoint's own, by the names of a `generation_config.json`. */
export function samplingOf(settings: LocalSettings, own: Readonly<Record<string, unknown>>): Sampling {
  const numberOf = (key: string, otherwise: number): number =>
    typeof own[key] === "number" ? own[key] : otherwise;
  return {
    temperature: settings.temperature ?? (own.do_sample === false ? 0 : numberOf("temperature", 1)),
    topK: Math.max(0, settings.topK ?? numberOf("top_k", 0)),
    topP: settings.topP ?? numberOf("top_p", 1),
    minP: settings.minP ?? numberOf("min_p", 0),
  };
}
