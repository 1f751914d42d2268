import type { GenerateRequest } from "../../src/core/ports/language-model.ts";
import type { OpenAISettings } from "../../src/providers/openai/settings.ts";

/** Where the recorded replies lie. */
export const REPLIES_FILE = "test/contracts/real-replies.json";

/** Settings of a model but for where it is. */
export type RecordedSettings = Omit<OpenAISettings, "baseUrl">;

/** One question to a real server, and what it replied. The words that were sent are kept: prompts change. */
export interface RecordedReply {
  /** What it shows. */
  readonly what: string;
  readonly settings: RecordedSettings;
  readonly request: GenerateRequest;
  readonly status: number;
  readonly reply: RawReply;
}

/** The parts of a reply that are looked at beside our reading of it. */
export interface RawReply {
  readonly choices?: readonly {
    readonly finish_reason: string;
    readonly message: { readonly content: string };
    readonly logprobs?: { readonly content: readonly RawToken[] };
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  readonly error?: { readonly message: string; readonly code: number; readonly type: string };
}

interface RawToken {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
}

export interface RecordedEmbeddings {
  readonly what: string;
  readonly texts: readonly string[];
  readonly status: number;
  readonly reply: {
    readonly data?: readonly { readonly index: number; readonly embedding: readonly number[] }[];
    readonly error?: { readonly message: string };
  };
}

export interface RecordedReplies {
  readonly server: string;
  readonly chat: readonly RecordedReply[];
  readonly embeddings: readonly RecordedEmbeddings[];
}
