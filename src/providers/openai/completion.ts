import type { FinishReason, TokenLogprob } from "../../core/ports/language-model.ts";
import { tokenList } from "./api-tokens.ts";
import { wordsOfError } from "./error-words.ts";
import { joinedStream } from "./event-stream.ts";
import { finishOf } from "./finish.ts";
import { answerFailure, type CallSite, emptyFailure, errorFailure } from "./http-errors.ts";
import { endToken, visibleTokens } from "./logprobs.ts";
import { splitReasoning } from "./visible-text.ts";

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** What a completion says; nothing in it was believed before it was looked at. */
export interface Completion {
  readonly text: string;
  readonly reasoning: string | undefined;
  readonly finishReason: FinishReason;
  /** As the server named it. */
  readonly ended: unknown;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  /** Characters of all that was generated, reasoning included. */
  readonly characters: number;
  /** Tokens as the server counts them; `undefined` where it states none, or a number that cannot be. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** Which tokens of an answer are read: those of its text, and the one behind it that ended it. */
export type WantedTokens = "none" | "text" | "text and end";

/** @throws ProviderError when the answer is no completion, or a report of an error */
export function readCompletion(answer: string, wanted: WantedTokens, site: () => CallSite): Completion {
  const completion = parseObject(answer, site);
  refuseError(completion.error, site);
  const choice = isFields(completion.choices) ? (completion.choices as Fields)[0] : undefined;
  if (!isFields(choice)) {
    // A list without entries is an answer; anything else is none of this API.
    if (Array.isArray(completion.choices) || "choices" in completion) {
      throw emptyFailure(site(), "an answer without choices", wordsOfError(completion).words);
    }
    throw answerFailure(site(), "an answer that is no completion", answer);
  }
  refuseError(choice.error, site);
  const message = isFields(choice.message) ? choice.message : {};
  const refusal = typeof message.refusal === "string" ? message.refusal : "";
  const finishReason = finishOf(choice.finish_reason, refusal !== "");
  if (finishReason === undefined) {
    throw answerFailure(site(), `the server broke off (finish_reason "${choice.finish_reason}")`, "");
  }
  if (!isFields(choice.message) && finishReason !== "filter") {
    throw emptyFailure(site(), "an answer without a message");
  }
  const content = contentOf(message.content, site);
  const raw = content.text || refusal;
  const apart =
    contentOf(message.reasoning_content ?? message.reasoning, undefined).text || content.reasoning;
  const { text, reasoning } = splitReasoning(raw, apart || undefined);
  const usage = isFields(completion.usage) ? completion.usage : {};
  return {
    text,
    reasoning,
    finishReason,
    ended: choice.finish_reason,
    logprobs: wanted === "none" ? undefined : logprobsOf(choice.logprobs, text, wanted),
    characters: raw.length + (reasoning?.length ?? 0),
    inputTokens: tokenCount(usage.prompt_tokens),
    outputTokens: tokenCount(usage.completion_tokens),
  };
}

/** @throws ProviderError when it is no JSON object (another content type, a page of a proxy, a cut body) */
export function parseObject(answer: string, site: () => CallSite): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    const joined = joinedStream(answer);
    if (joined === undefined) throw answerFailure(site(), "an answer that is not JSON", answer);
    return joined;
  }
  if (!isFields(parsed)) throw answerFailure(site(), "an answer that is no JSON object", answer);
  return parsed;
}

/** Errors come inside answers, too: of the whole, or of the one choice. */
function refuseError(error: unknown, site: () => CallSite): void {
  if (error === undefined || error === null || error === false || error === "") return;
  const said = wordsOfError(error, JSON.stringify(error));
  throw errorFailure(site(), said.code ?? 500, said, { isInner: true });
}

/**
 * The text of a content: a string from most servers, a list of parts from some, a number where a judge's score was taken
 * for one.
 * @throws ProviderError naming any other shape, when a site is given
 */
function contentOf(
  content: unknown,
  site: (() => CallSite) | undefined,
): { text: string; reasoning: string } {
  const parts = Array.isArray(content) ? content : [content];
  let text = "";
  let reasoning = "";
  for (const part of parts) {
    if (part === null || part === undefined) continue;
    if (typeof part === "string") text += part;
    else if (typeof part === "number") text += String(part);
    else if (isThought(part))
      reasoning += contentOf(part.thinking ?? part.reasoning ?? part.text, undefined).text;
    else if (isFields(part) && (typeof part.text === "string" || part.text === null)) text += part.text ?? "";
    else if (site !== undefined) throw emptyFailure(site(), `content of an unknown shape, ${shapeOf(part)}`);
  }
  return { text, reasoning };
}

const isThought = (part: unknown): part is Fields =>
  isFields(part) && (part.type === "thinking" || part.type === "reasoning");

/** What stands there, in a few words: `a list`, `an object with the keys a, b`. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (!isFields(value)) return `a ${typeof value}`;
  const keys = Object.keys(value).slice(0, 5).join(", ");
  return keys === "" ? "an empty object" : `an object with the keys ${keys}`;
}

/** A count of tokens as servers write it; zero, negative, infinite and other ones are none. */
function tokenCount(value: unknown): number | undefined {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof count === "number" && count > 0 && Number.isFinite(count) ? Math.ceil(count) : undefined;
}

/**
 * The visible text's tokens: none where those that came do not spell it, or there is no text; undefined where the
 * server sends no log-probabilities.
 */
function logprobsOf(sent: unknown, text: string, wanted: WantedTokens): TokenLogprob[] | undefined {
  const tokens = tokenList(sent);
  if (tokens === undefined) return text.trim() === "" ? [] : undefined;
  const visible = visibleTokens(tokens, text) ?? [];
  const end = wanted === "text and end" && visible.length > 0 ? endToken(tokens) : undefined;
  return end === undefined ? visible : [...visible, end];
}
