import type {
  FinishReason,
  GenerateRequest,
  GenerateResult,
  LanguageModel,
  TokenLogprob,
} from "../../core/ports/language-model.ts";
import type { ServerAccess } from "./access.ts";
import { tokenList } from "./api-tokens.ts";
import { answerFailure, type CallSite, statusFailure } from "./http-errors.ts";
import { visibleTokens } from "./logprobs.ts";
import { post } from "./post.ts";
import { chatBodies } from "./request-body.ts";
import { endpointOf, identityOf, type OpenAISettings } from "./settings.ts";
import { splitReasoning } from "./visible-text.ts";

const PATH = "/chat/completions";

/**
 * A chat model of any OpenAI-compatible server (vLLM, llama.cpp, Ollama, OpenRouter, OpenAI).
 * @throws UsageError for settings that cannot work
 */
export function createOpenAIModel(settings: OpenAISettings, { env, transport }: ServerAccess): LanguageModel {
  const endpoint = endpointOf(settings, env);
  const bodyOf = chatBodies(settings, endpoint.origin);
  const id = `openai:${settings.model}`;
  return {
    id,
    identity: identityOf("chat", settings),
    simulated: false,
    deterministic: settings.temperature === 0 && settings.seed === undefined,
    ...(settings.maxTokens === undefined ? {} : { maxTokens: settings.maxTokens }),
    async generate(request) {
      const site = (): CallSite => ({
        id,
        endpoint,
        summary: `${endpoint.path}${PATH} ${summaryOf(request)}`,
      });
      const answer = await post(transport, endpoint, PATH, bodyOf(request), site);
      return parseCompletion(answer, request, site);
    },
  };
}

/** Enough to recognise the request by: its size, and how its last message begins. */
function summaryOf({ messages }: GenerateRequest): string {
  const characters = messages.reduce((sum, m) => sum + m.content.length, 0);
  const begin = messages.at(-1)?.content.slice(0, 60).replace(/\s+/g, " ");
  return `(${messages.length} messages, ${characters} characters, the last one begins "${begin}")`;
}

/** What is read of a completion; servers differ, so every part may be missing. */
interface Completion {
  readonly choices?: readonly {
    readonly finish_reason?: string | null;
    readonly message?: {
      readonly content?: string | null | readonly ContentPart[];
      readonly refusal?: string | null;
      readonly reasoning_content?: string | null;
      readonly reasoning?: string | null;
    };
    readonly logprobs?: unknown;
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: { readonly code?: unknown } | null;
}

interface ContentPart {
  readonly type?: string;
  readonly text?: string;
}

/** @throws ProviderError when the text is no usable completion */
function parseCompletion(answer: string, request: GenerateRequest, site: () => CallSite): GenerateResult {
  const completion = parseObject(answer, site) as Completion;
  if (completion.error) {
    const code = Number(completion.error.code);
    throw statusFailure(site(), code >= 400 && code < 600 ? code : 500, answer);
  }
  const choice = completion.choices?.[0];
  const message = choice?.message;
  if (!message) throw answerFailure(site(), "an answer without choices", answer);
  const finishReason = finishOf(choice.finish_reason, message.refusal);
  if (finishReason === undefined) {
    throw answerFailure(site(), `the server broke off (finish_reason "${choice.finish_reason}")`, "");
  }
  const raw = textOf(message.content) || (message.refusal ?? "");
  const { text, reasoning } = splitReasoning(
    raw,
    message.reasoning_content ?? message.reasoning ?? undefined,
  );
  const logprobs = request.topLogprobs === undefined ? undefined : logprobsOf(choice.logprobs, text);
  return {
    text,
    finishReason,
    usage: {
      inputTokens: completion.usage?.prompt_tokens ?? guessTokens(request.messages.map((m) => m.content)),
      outputTokens: completion.usage?.completion_tokens ?? guessTokens([raw, reasoning ?? ""]),
    },
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

/**
 * The visible text's tokens: none where those that came do not spell it, or there is no text; undefined where the
 * server sends no log-probabilities.
 */
function logprobsOf(sent: unknown, text: string): TokenLogprob[] | undefined {
  const tokens = tokenList(sent);
  if (tokens === undefined) return text.trim() === "" ? [] : undefined;
  return visibleTokens(tokens, text) ?? [];
}

/** @throws ProviderError when it is no JSON object (another content type, a page of a proxy, a cut body) */
export function parseObject(answer: string, site: () => CallSite): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    throw answerFailure(site(), "an answer that is not JSON", answer);
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw answerFailure(site(), "an answer that is no JSON object", answer);
  }
  return parsed;
}

/** `undefined` for an answer that was not brought to its end. */
function finishOf(
  reason: string | null | undefined,
  refusal: string | null | undefined,
): FinishReason | undefined {
  if (reason === "error" || reason === "abort") return undefined;
  if (reason === "length" || reason === "max_tokens") return "length";
  return reason === "content_filter" || refusal ? "filter" : "stop";
}

/** Most servers send a string, some a list of parts. */
function textOf(content: string | null | undefined | readonly ContentPart[]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("");
}

/** For servers that do not report usage: four characters a token. */
function guessTokens(texts: readonly string[]): number {
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / 4);
}
