import type { GenerateRequest } from "../../core/ports/language-model.ts";
import { FIRST_MANNER, isEffortSent, type Manner, type Switch } from "./manner.ts";
import { holdFields } from "./number-forms.ts";
import { requestSeed } from "./request-seed.ts";
import type { OpenAISettings } from "./settings.ts";

/** Texts to stop at that OpenAI takes. */
const MOST_STOPS = 4;

/**
 * The JSON body of a chat completion request, as a server wants to be asked. What is the same for every request of a model
 * is put together once.
 */
export function chatBodies(settings: OpenAISettings): (request: GenerateRequest, manner?: Manner) => string {
  const { seed, reasoning, options = {} } = settings;
  const own = settings.stop ?? [];
  // Servers look for them in what is reasoned, too.
  const canStop = (reasoning === undefined || reasoning === false) && !("stop" in options);
  let fixed = "";
  let fixedFor: Manner | undefined;
  return ({ messages, sample, maxTokens: most, topLogprobs, held, stop }, given) => {
    // Whatever is no manner says nothing of one.
    const manner = given?.switches === undefined ? FIRST_MANNER : given;
    if (fixedFor !== manner) {
      fixed = JSON.stringify(fixedFields(settings, manner));
      fixedFor = manner;
    }
    const stops = manner.stops && canStop ? stop : undefined;
    let extra = `,"messages":${JSON.stringify(messages)}`;
    // A repeated name would be read differently by different servers, so this rare case is built anew.
    if (most !== undefined || (stops !== undefined && own.length > 0)) {
      return JSON.stringify({
        ...JSON.parse(fixed),
        ...(most === undefined ? {} : { [limitOf(options, manner)]: most }),
        ...(stops === undefined ? {} : { stop: [...own, ...stops].slice(0, MOST_STOPS) }),
        messages,
        ...(seed === undefined ? {} : { seed: requestSeed(seed, messages, sample) }),
        ...(topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: topLogprobs }),
        ...holdFields(held),
      });
    }
    if (seed !== undefined) extra += `,"seed":${requestSeed(seed, messages, sample)}`;
    if (topLogprobs !== undefined) extra += `,"logprobs":true,"top_logprobs":${topLogprobs}`;
    if (stops !== undefined) extra += `,"stop":${JSON.stringify(stops)}`;
    if (held?.form !== undefined) extra += `,${JSON.stringify(holdFields(held)).slice(1, -1)}`;
    return `${fixed.slice(0, -1)}${extra}}`;
  };
}

function fixedFields(settings: OpenAISettings, manner: Manner): Record<string, unknown> {
  const { model, temperature, topP, topK, minP, stop, maxTokens, options = {} } = settings;
  return {
    model,
    temperature,
    top_p: topP,
    top_k: topK,
    min_p: minP,
    stop,
    [limitOf(options, manner)]: maxTokens,
    ...reasoningFields(settings, manner),
    ...options,
    ...templateFields(settings, manner),
  };
}

const limitOf = (options: object, { limit }: Manner): string =>
  "max_completion_tokens" in options ? "max_completion_tokens" : limit;

/**
 * An effort has one name everywhere. On and off have several, and most servers ignore those that they do not know, so all
 * are sent until a server refuses one: `reasoning_effort` (OpenAI, Ollama), `reasoning` (OpenRouter), and a variable of
 * the chat template (vLLM, SGLang, llama.cpp).
 */
function reasoningFields({ reasoning, options = {} }: OpenAISettings, manner: Manner): object {
  if (reasoning === undefined) return {};
  if (typeof reasoning === "string") return { reasoning_effort: reasoning };
  const { switches, leastEffort } = manner;
  const sends = (name: Switch): boolean => switches.has(name) && !(name in options);
  return {
    ...(!reasoning && sends("reasoning_effort") && isEffortSent(manner)
      ? { reasoning_effort: leastEffort }
      : {}),
    ...(sends("reasoning") ? { reasoning: { enabled: reasoning } } : {}),
  };
}

function templateFields({ reasoning, options = {} }: OpenAISettings, { switches }: Manner): object {
  if (typeof reasoning !== "boolean" || !switches.has("chat_template_kwargs")) return {};
  const own = options.chat_template_kwargs as object | undefined;
  return { chat_template_kwargs: { enable_thinking: reasoning, ...own } };
}
