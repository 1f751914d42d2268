import { UsageError } from "../../core/errors.ts";
import type { LlamaConfig } from "../../neural/checkpoint/llama-config.ts";
import type { Weights } from "../../neural/checkpoint/weights.ts";
import { placeModel } from "../../neural/decoder/placed.ts";
import { type DecoderPool, openDecoderPool } from "../../neural/decoder/pool.ts";
import type { TextTokenizer } from "../../neural/tokenizer.ts";
import type { CheckpointSource } from "./source.ts";

/** A checkpoint ready for use; its weights are read at the first answer. */
export interface Checkpoint {
  /** Folder or file. */
  readonly path: string;
  readonly fingerprint: string;
  readonly config: LlamaConfig;
  readonly tokenizer: TextTokenizer;
  /** How it is meant to be sampled, by the names of a `generation_config.json`. */
  readonly generation: Readonly<Record<string, unknown>>;
  /** @throws UsageError when they cannot be read */
  weights(): Weights;
  /** @throws UsageError when the weights cannot be read */
  pool(): DecoderPool;
  /** Ends the threads; a later call starts them again. */
  close(): Promise<void>;
}

/** @throws UsageError when the parts do not belong together */
export function openCheckpoint(source: CheckpointSource, threads: number): Checkpoint {
  const { fingerprint, config, tokenizer, generation } = source;
  if (tokenizer.size > config.vocabSize) {
    throw new UsageError(
      `the tokenizer knows ${tokenizer.size} tokens where the network has ${config.vocabSize}`,
      { where: source.path, remedy: "tokenizer.json and config.json must be of the same model" },
    );
  }
  let weights: Weights | undefined;
  let pool: DecoderPool | undefined;
  const read = (): Weights => (weights ??= source.readWeights());
  return {
    path: source.path,
    fingerprint,
    config,
    tokenizer,
    generation,
    weights: read,
    pool: () => (pool ??= openDecoderPool(source.place?.() ?? placeModel(config, read()), { threads })),
    close: async () => pool?.close(),
  };
}

/** A checkpoint's copy with other weights and threads of its own. */
export function withWeights(checkpoint: Checkpoint, weights: Weights, threads: number): Checkpoint {
  let pool: DecoderPool | undefined;
  return {
    ...checkpoint,
    weights: () => weights,
    pool: () => (pool ??= openDecoderPool(placeModel(checkpoint.config, weights), { threads })),
    close: async () => pool?.close(),
  };
}
