import type { LanguageModel } from "../core/ports/language-model.ts";
import type { LlamaConfig } from "./checkpoint/llama-config.ts";
import type { Weights } from "./checkpoint/weights.ts";
import type { TextTokenizer } from "./tokenizer.ts";

/** A base LLM whose weights are at hand: it can be trained and adapted. */
export interface TunableModel {
  /** As people name it. */
  readonly name: string;
  /** A hash of all files that can change an answer. */
  readonly fingerprint: string;
  readonly config: LlamaConfig;
  readonly tokenizer: TextTokenizer;
  /** The checkpoint's own, not to be changed. @throws UsageError when they cannot be read */
  weights(): Weights;
  /** For computing beside the run; 0: none but the training's own. */
  readonly threads: number;
  /** Aborted when the run is to stop. */
  readonly stop: AbortSignal;
  /**
   * The same chat model with other weights, answering behind the run's store, meter and budget.
   * @param name stands for the weights in every content key
   * @param sampling what is sampled otherwise than the base LLM is
   */
  adapted(weights: Weights, name: string, sampling?: ChangedSampling): AdaptedModel;
}

/** Settings of sampling in place of the base LLM's own. */
export interface ChangedSampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  /** Of an answer, at most. */
  readonly maxTokens?: number;
}

export interface AdaptedModel {
  /** The model as it answers with `rows` (embeddings, n x hiddenSize) before every prompt. */
  prompted(rows: Float32Array): LanguageModel;
}
