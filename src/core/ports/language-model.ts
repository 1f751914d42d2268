/** The one language-model port: every provider, decorator and test double has this shape. */

/** Who uses a model in a run. The embedder has a port of its own. */
export type ModelRole = "base" | "candidate" | "rewriter" | "judge";

/**
 * How a model is made to answer with a whole number: by a grammar (llama.cpp), a list of choices (vLLM: `structured_outputs`,
 * earlier `guided_choice`), a JSON schema (OpenAI and most others: `response_format`; Ollama's own: `format`), or, run in the
 * process, by leaving other tokens out.
 */
export type NumberForm =
  | "grammar"
  | "structured_outputs"
  | "guided_choice"
  | "response_format"
  | "format"
  | "mask";

/** The answer is to be one whole number from 1 to `max`, where the model can be held to it. */
export interface NumberHold {
  readonly max: number;
  /** How: settled by what stands between a run and its models, once for all requests. Without it nothing is held. */
  readonly form?: NumberForm;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** One question to a language model. */
export interface GenerateRequest {
  readonly messages: readonly ChatMessage[];
  /**
   * The same request as an earlier version of this program wrote it: an answer that was stored under it counts. No
   * model is shown it, and it is no part of the content key.
   */
  readonly earlier?: readonly ChatMessage[];
  /** Number of the draw: the same request with another number is another answer. */
  readonly sample: number;
  /** Overrides the model's own limit on generated tokens. */
  readonly maxTokens?: number;
  /**
   * Texts at which an answer is of no further use: a server may stop there, and whoever asks cuts there. So they are no part
   * of the content key.
   */
  readonly stop?: readonly string[];
  /** Asked because an earlier answer could not be used: counted apart, and no part of the content key. */
  readonly repeat?: boolean;
  /** How many alternatives per generated token to return with their log-probabilities. */
  readonly topLogprobs?: number;
  /** Part of the content key where it has a form. */
  readonly held?: NumberHold;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Set when the server's own counts were absent or could not be, so that these come from the texts' lengths. */
  readonly estimated?: true;
}

/**
 * One generated token with its alternatives, natural logarithms. A chosen token's is not a finite number (`null` once
 * it was stored) where the server did not tell it.
 */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** `length`: cut at the token limit; `filter`: withheld by the provider. */
export type FinishReason = "stop" | "length" | "filter";

/** One answer of a language model. */
export interface GenerateResult {
  /** The final visible text, without reasoning. */
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  readonly reasoning?: string;
  /**
   * Of the visible text only; present when asked for, empty where the tokens that came do not spell the text. Behind a number
   * that is held there may be the token that ended it, which spells nothing: its alternatives tell how it could go on.
   */
  readonly logprobs?: readonly TokenLogprob[];
  /** True when a store answered and nothing was computed or paid. */
  readonly cached?: boolean;
}

/** The one shape of every language model: of providers, decorators and test doubles. */
export interface LanguageModel {
  /** What people read: `provider:model`. */
  readonly id: string;
  /** All that can change an answer besides the request: provider, model, sampling, options. Part of the content key. */
  readonly identity: string;
  /** True when answers come from the simulated world. */
  readonly simulated: boolean;
  /**
   * True when the sample number changes nothing: asked again, the model gives the same answer (temperature 0 and no seed
   * that is counted on). Another draw would then be none, and a re-ask must ask otherwise.
   */
  readonly deterministic?: boolean;
  /** Its own limit on generated tokens, where its settings give one. */
  readonly maxTokens?: number;
  /** How many tokens it writes a text with, where its tokenizer is at hand. */
  readonly countTokens?: (text: string) => number;
  /** How it is sent system messages: as they are, or at the head of the first user message. */
  readonly systemMessage?: () => "send" | "merge";
  /** How many calls it takes at once now, where that is limited. */
  readonly places?: () => number;
  /** The ways in which it may be held to whole numbers, in the order in which they are tried; absent: none. */
  readonly numberForms?: readonly NumberForm[];
  /** The way that was found to work; `none`: none does; `undefined`: nobody has asked yet. */
  readonly heldBy?: () => NumberForm | "none" | undefined;
  /** @throws ProviderError */
  generate(request: GenerateRequest): Promise<GenerateResult>;
}
