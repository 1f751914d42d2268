import type { Key } from "../../core/random.ts";
import type { Choices } from "./choices.ts";
import type { Sampling, TokenChoice } from "./sample.ts";

/**
 * A sequence to condition on, in parts one after another: token ids, or embeddings (a soft prompt: whole rows of
 * hiddenSize numbers).
 */
export type Prompt = readonly (readonly number[] | Float32Array)[];

/** Continues a prompt. */
export interface GenerateJob {
  readonly kind: "generate";
  readonly prompt: Prompt;
  /** Generated tokens at most, at least 1; the context ends an answer, too. */
  readonly maxTokens: number;
  /** Tokens that end the answer and are no part of it. */
  readonly stopIds: readonly number[];
  readonly sampling: Sampling;
  /** The draw's own key: an answer does not depend on what else is under way. */
  readonly key: Key;
  /** Alternatives per token to describe; without it no log-probabilities are computed. */
  readonly topLogprobs?: number;
  /** Holds the answer to one of these; log-probabilities stay those of all tokens. */
  readonly among?: Choices;
}

export interface Generated {
  readonly ids: readonly number[];
  readonly finishReason: "stop" | "length";
  /** Forward passes that chose a token: `ids`, and the one that ended the answer. */
  readonly steps: number;
  /** One per id, and of an answer held to choices the one that ended it, if it was drawn; present when asked for. */
  readonly choices?: readonly TokenChoice[];
}

/** Measures a given continuation. */
export interface ScoreJob {
  readonly kind: "score";
  readonly prompt: Prompt;
  readonly continuation: readonly number[];
}

/** Reads a sequence. */
export interface EmbedJob {
  readonly kind: "embed";
  readonly prompt: Prompt;
}

export type Job = GenerateJob | ScoreJob | EmbedJob;

/** What a job comes to: an answer; the natural log-probability of each token; the mean of the last hidden states. */
export type ResultOf<J extends Job> = J extends GenerateJob
  ? Generated
  : J extends ScoreJob
    ? Float64Array
    : Float32Array;

/** Positions that a prompt takes. */
export function promptLength(prompt: Prompt, hiddenSize: number): number {
  return prompt.reduce(
    (sum, part) => sum + (part instanceof Float32Array ? part.length / hiddenSize : part.length),
    0,
  );
}
