import { ProviderError } from "../core/errors.ts";
import { type Gauge, NO_GAUGE, refusal, type Shortfall, shortfallOf } from "../core/gauge.ts";
import type {
  ChatMessage,
  GenerateRequest,
  GenerateResult,
  LanguageModel,
} from "../core/ports/language-model.ts";
import { type PromptName, prompts } from "../core/prompt/prompts.ts";
import { renderPart, renderPrompt } from "../core/prompt/template.ts";
import type { Draw } from "./draw.ts";
import { type Fence, fenceAround } from "./fence.ts";
import { checkLimit } from "./limit.ts";
import { oneText } from "./one-text.ts";
import { scoreOf } from "./score-reply.ts";
import type { JudgeSettings } from "./settings.ts";

export interface Judge {
  /**
   * The score of one text on one principle, within `scoreBounds`; `null` when no ask gave one, and for a text that holds its
   * fence.
   * @param prompt what the text answers, which a judge sees that is to see it; `null` for a text that answers nothing
   * @throws ProviderError for failures that are not the request's own
   */
  rate(text: string, principle: string, prompt: string | null): Promise<number | null>;
  /** As `rate`, for several principles of one text, in their order. */
  rateAll(text: string, principles: readonly string[], prompt: string | null): Promise<(number | null)[]>;
}

/** Enough alternatives to hold every score of the 1-10 scale and most of the mass of 1-100. */
export const TOP_LOGPROBS = 20;

/**
 * The requests that may be made for one text and principle, in order, as many as `settings.retries`; none for a text
 * that holds its own fence.
 * @param judged what is shown (`judgedBy`)
 * @param draw the second has sample numbers of its own, `retries` to `2 retries - 1`
 */
export function judgeRequests(
  settings: JudgeSettings,
  { text, prompt, fence }: Judged,
  principle: string,
  draw: Draw = "first",
): GenerateRequest[] {
  if (fence === null) return [];
  const form = prompts[judgePrompt(settings, prompt !== null)];
  const messagesIn = (mark: string): ChatMessage[] =>
    renderPrompt(form, { principle, max: String(settings.scale), prompt: prompt ?? "", text, fence: mark });
  return requestsOf(settings, fencedIn(fence, messagesIn), draw);
}

/** Which prompt asks a judge. @param seesPrompt whether there is a message to be seen */
export function judgePrompt({ order, sees }: JudgeSettings, seesPrompt = true): PromptName {
  const isTextFirst = order === "text-first";
  if (sees !== "prompt-and-answer" || !seesPrompt) return isTextFirst ? "judgeTextFirst" : "judge";
  return isTextFirst ? "judgeWithPromptTextFirst" : "judgeWithPrompt";
}

/** What a judge is shown of a text. */
export interface Judged {
  readonly text: string;
  /** The message that it answers, where the judge sees it. */
  readonly prompt: string | null;
  /** Around all of it. */
  readonly fence: Fence | null;
}

/** @param prompt what the text answers; `null` for a text that answers nothing */
export function judgedBy({ sees }: JudgeSettings, text: string, prompt: string | null): Judged {
  if (sees !== "prompt-and-answer" || prompt === null)
    return { text, prompt: null, fence: fenceAround(text) };
  const fence = fenceAround(prompt, text);
  // No earlier version asked in this way.
  return { text, prompt, fence: fence === null ? null : { mark: fence.mark } };
}

/** Messages that ask for a number from 1 to the scale's end, and as an earlier version wrote them. */
export type ScoreMessages = Pick<GenerateRequest, "messages" | "earlier">;

/** The same messages with each mark of a fence. */
export function fencedIn(
  { mark, earlier }: Fence,
  messagesIn: (mark: string) => ChatMessage[],
): ScoreMessages {
  const messages = messagesIn(mark);
  return earlier === undefined ? { messages } : { messages, earlier: messagesIn(earlier) };
}

function requestsOf(settings: JudgeSettings, asked: ScoreMessages, draw: Draw): GenerateRequest[] {
  const first = draw === "first" ? 0 : settings.retries;
  return Array.from({ length: settings.retries }, (_, i) => ({
    ...asked,
    sample: first + i,
    ...(i > 0 ? { repeat: true } : {}),
    ...(settings.weighted ? { topLogprobs: TOP_LOGPROBS } : {}),
    ...(settings.constrain === "auto" ? { held: { max: settings.scale } } : {}),
  }));
}

/**
 * Asks for one score, parses it, asks again; `null` when no ask gave one.
 * @throws ProviderError for failures that are not the request's own
 */
export function askScore(
  model: LanguageModel,
  settings: JudgeSettings,
  asked: ScoreMessages,
): Promise<number | null> {
  return firstScore(model, settings, requestsOf(settings, asked, "first"), NO_GAUGE);
}

async function firstScore(
  model: LanguageModel,
  settings: JudgeSettings,
  requests: readonly GenerateRequest[],
  gauge: Gauge,
): Promise<number | null> {
  let short = false;
  let shortfall: Shortfall = UNREAD;
  for (const [i, request] of requests.entries()) {
    // A judge that says the same again is asked otherwise, once.
    if (model.deterministic && i > 0) {
      if (i > 1) break;
      short = true;
    }
    try {
      const result = await model.generate(short ? withShortAnswer(request) : request);
      if (result.finishReason === "length") short = true;
      shortfall = shortfallOf(result, false) ?? { ...unread(settings, result), words: result.text };
      const score = scoreOf(model, result, settings, gauge);
      if (score !== null) {
        gauge.usable();
        return score;
      }
    } catch (error) {
      if (!(error instanceof ProviderError) || error.failure !== "request") throw error;
      gauge.nothing(refusal(error));
      return null;
    }
  }
  gauge.nothing(shortfall);
  return null;
}

/** A reply with text: what kept its score from being read. */
function unread({ weighted }: JudgeSettings, { logprobs }: GenerateResult): Shortfall {
  return weighted && logprobs?.length === 0 ? UNSPELLED : UNREAD;
}

const UNSPELLED: Shortfall = {
  what: "came with log-probabilities whose tokens do not spell it",
  remedy:
    "start the server so that tokens come as text, not as ids (vLLM: without --return-tokens-as-token-ids), or set " +
    "judge.weighted to false",
};

const UNREAD: Shortfall = {
  what: "holds no score that could be read",
  remedy:
    "choose a judge that answers with the number alone, raise its maxTokens if it reasons first, or take its score from " +
    "log-probabilities (judge.weighted)",
};

/** The same request with the demand to answer at once: it is made instead, once a judge's reasoning ran out of tokens. */
export function withShortAnswer(request: GenerateRequest): GenerateRequest {
  const demand = renderPart(prompts.judge, "short", {});
  const demanding = (messages: readonly ChatMessage[]): ChatMessage[] =>
    messages.map((m, i) => (i === messages.length - 1 ? { ...m, content: `${m.content}\n\n${demand}` } : m));
  const { messages, earlier } = request;
  const short = { ...request, messages: demanding(messages) };
  return earlier === undefined ? short : { ...short, earlier: demanding(earlier) };
}

/**
 * A judge over a language model: asks, parses, asks again.
 * @param gauge told how each rating ended
 * @param draw which of its opinions on a text it gives
 * @throws UsageError as `checkLimit`
 */
export function createJudge(
  model: LanguageModel,
  settings: JudgeSettings,
  gauge: Gauge = NO_GAUGE,
  draw: Draw = "first",
): Judge {
  checkLimit(model, settings);
  const ask = (judged: Judged, principle: string): Promise<number | null> => {
    const requests = judgeRequests(settings, judged, principle, draw);
    return requests.length === 0 ? Promise.resolve(null) : firstScore(model, settings, requests, gauge);
  };
  return {
    rate: (text, principle, prompt) => ask(judgedBy(settings, text, prompt), principle),
    async rateAll(text, principles, prompt) {
      const judged = judgedBy(settings, text, prompt);
      const scoreOn = (principle: string): Promise<number | null> => ask(judged, principle);
      if (settings.order !== "text-first") return Promise.all(principles.map(scoreOn));
      return oneText(model, async () => {
        const scores: (number | null)[] = [];
        for (const principle of principles) scores.push(await scoreOn(principle));
        return scores;
      });
    },
  };
}
