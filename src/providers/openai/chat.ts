import { ProviderError } from "../../core/errors.ts";
import type { GenerateRequest, GenerateResult, LanguageModel } from "../../core/ports/language-model.ts";
import type { ServerAccess } from "./access.ts";
import { type Completion, readCompletion, type WantedTokens } from "./completion.ts";
import type { CallSite } from "./http-errors.ts";
import { learnt, type Manner } from "./manner.ts";
import { formsOf } from "./number-forms.ts";
import { post } from "./post.ts";
import { chatBodies } from "./request-body.ts";
import { serverFacts } from "./server-facts.ts";
import { endpointOf, identityOf, type OpenAISettings, saysTheSame } from "./settings.ts";

const PATH = "/chat/completions";
/** Refusals after which one request is put otherwise. */
const MOST_LESSONS = 6;

/**
 * A chat model of any OpenAI-compatible server (vLLM, llama.cpp, Ollama, OpenRouter, OpenAI). What a server refuses by
 * name is put as it wants it, which is learnt once.
 * @throws UsageError for settings that cannot work
 */
export function createOpenAIModel(settings: OpenAISettings, access: ServerAccess): LanguageModel {
  const { env, transport } = access;
  const endpoint = endpointOf(settings, env);
  const bodyOf = chatBodies(settings);
  const id = `openai:${settings.model}`;
  const facts = serverFacts(settings, `${id} at ${endpoint.origin}`, access);
  const numberForms = formsOf(settings);
  const fixed = new Set(Object.keys(settings.options ?? {}));

  return {
    id,
    identity: identityOf("chat", settings),
    simulated: false,
    deterministic: saysTheSame(settings),
    ...(settings.maxTokens === undefined ? {} : { maxTokens: settings.maxTokens }),
    ...(numberForms === undefined ? {} : { numberForms }),
    async generate(request) {
      const site = (): CallSite => ({
        id,
        endpoint,
        summary: `${endpoint.path}${PATH} ${summaryOf(request)}`,
      });
      for (let lessons = 0; ; lessons++) {
        const manner = facts.manner();
        const body = bodyOf(request, manner);
        try {
          const answer = await post(transport, endpoint, PATH, body, site);
          const completion = readCompletion(answer, wantedTokens(request), site);
          facts.look(completion, request);
          return resultOf(completion, request);
        } catch (error) {
          if (lessons === MOST_LESSONS || !isRefusal(error)) throw error;
          const next = otherwise(facts.manner(), manner, error.message, body, fixed);
          if (next === undefined) throw error;
          facts.learn(next);
        }
      }
    },
  };
}

/** Whether tokens are wanted, and behind a number that is held the one that ended it. */
const wantedTokens = ({ topLogprobs, held }: GenerateRequest): WantedTokens => {
  if (topLogprobs === undefined) return "none";
  return held?.form === undefined ? "text" : "text and end";
};

const isRefusal = (error: unknown): error is ProviderError =>
  error instanceof ProviderError && (error.status === 400 || error.status === 422);

/** Another call may have learnt the same in the meantime: then it is enough to ask again. */
function otherwise(
  now: Manner,
  sentBy: Manner,
  said: string,
  body: string,
  fixed: ReadonlySet<string>,
): Manner | undefined {
  if (now !== sentBy) return now;
  const { messages: _, ...fields } = JSON.parse(body) as Record<string, unknown>;
  return learnt(now, said, new Set(Object.keys(fields)), fixed);
}

/** Enough to recognise the request by: its size, and how its last message begins. */
function summaryOf({ messages }: GenerateRequest): string {
  const characters = messages.reduce((sum, m) => sum + m.content.length, 0);
  const begin = messages.at(-1)?.content.slice(0, 60).replace(/\s+/g, " ");
  return `(${messages.length} messages, ${characters} characters, the last one begins "${begin}")`;
}

/** Where a server states no tokens, or a number that cannot be, four characters count as one. */
function resultOf(completion: Completion, { messages }: GenerateRequest): GenerateResult {
  const { text, finishReason, reasoning, logprobs, characters, inputTokens, outputTokens } = completion;
  const sent = messages.reduce((sum, { content }) => sum + content.length, 0);
  const isCounted = inputTokens !== undefined && (outputTokens !== undefined || characters === 0);
  return {
    text,
    finishReason,
    usage: {
      inputTokens: inputTokens ?? Math.ceil(sent / 4),
      outputTokens: outputTokens ?? Math.ceil(characters / 4),
      ...(isCounted ? {} : { estimated: true }),
    },
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}
