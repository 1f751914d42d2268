import type { ProviderFailure, Refusal } from "../../core/errors.ts";
import type { Endpoint } from "./settings.ts";

/** What a refusal means and what can be done. */
export interface Verdict {
  readonly failure: ProviderFailure;
  readonly remedy: string;
  readonly refuses?: Refusal | undefined;
}

const DECLINED =
  /moderat|flagged|content[ _]?(policy|filter|management)|responsibleai|safety (system|policy)|violat\w+ .{0,40}polic/i;
const CONTEXT =
  /context (size|length|window)|maximum context|exceed_context|context_length|window of this model|too many (input )?tokens|(prompt|input|request) is too long|too large to process|available context/i;
const TEMPLATE = /jinja|chat.?template|conversation roles|template error/i;
const SYSTEM =
  /system (role|message|prompt)s?\b.{0,60}(not supported|unsupported|not allowed|not permitted|invalid|cannot|must not)|(does not|doesn't|not) support.{0,30}system|unsupported.{0,20}system|conversation roles must alternate|(only|after the optional) .{0,40}(user and assistant|user\/assistant) roles/i;
const NO_MODEL = /model_not_found|model\b.{0,200}\b(not (exist|found)|unknown|does not exist)|unknown model/i;
const PARAMETER =
  /(unsupported|unknown|unrecognized|unexpected|invalid)[ _](request )?(parameter|argument|value|field|name|keyword)|extra_forbidden|extra inputs/i;

/** Fields that hold an answer to a form, and what servers say of them. */
const CONSTRAINT = /grammar|guided_|structured.?output|response_format|json.?schema/i;
const UNKNOWN_FORMAT = /(parameter|argument|field|extra)\b.{0,40}(?<![a-z_])format(?![a-z_])/i;

const VALUE =
  /input should be|(must|should) be (between|less|greater|at (most|least)|one of|in the range)|out of range|invalid value|unsupported value/i;

/**
 * @param status of the answer, or as the error inside an answer states it
 * @param said the server's words, with its codes
 */
export function judgeStatus(
  { id, endpoint }: { readonly id: string; readonly endpoint: Endpoint },
  status: number,
  said: string,
): Verdict {
  const { origin, path, variables } = endpoint;
  const checkModel = `check the model's name ("${id}") and baseUrl (${origin}${path})`;
  const checkKey =
    variables.length === 0
      ? "name the environment variable that holds the key: apiKeyEnv"
      : `check the key in the environment variable ${variables.join(", ")}`;
  if (status === 402 || (status === 429 && /insufficient_quota|billing|credits/i.test(said))) {
    return { failure: "fatal", remedy: "top up the account; completed calls are stored and not repeated" };
  }
  if (status === 408 || status === 409 || status === 425 || status === 429) {
    return { failure: "transient", remedy: "lower concurrency, requestsPerMinute or tokensPerMinute" };
  }
  if (status === 401) return { failure: "fatal", remedy: checkKey };
  if (status === 403 && DECLINED.test(said)) return declined;
  if (status === 403) return { failure: "fatal", remedy: `${checkKey}, and what it is allowed to use` };
  if (status === 501) return { failure: "fatal", remedy: checkModel };
  if (status === 400 || status === 413 || status === 422) return judgeRequest(said, checkModel);
  // Some servers answer with 500 where others answer with 400.
  if (status >= 500)
    return ofThisRequest(said) ?? { failure: "transient", remedy: "check the server's own log" };
  return { failure: "fatal", remedy: checkModel };
}

const declined: Verdict = { failure: "request", remedy: "the server declines this very text" };

function judgeRequest(said: string, checkModel: string): Verdict {
  const own = ofThisRequest(said);
  if (own !== undefined) return own;
  if (DECLINED.test(said)) return declined;
  if (/log.?probs?\b.{0,40}not (supported|available|enabled)|not support.{0,30}log.?prob/i.test(said)) {
    return {
      failure: "request",
      remedy:
        "use a server that sends log-probabilities, or let the judge's words be read alone: judge.weighted false",
    };
  }
  if (NO_MODEL.test(said)) return { failure: "fatal", remedy: checkModel };
  if (PARAMETER.test(said)) {
    return {
      failure: "fatal",
      remedy: "take the setting that the server names out of the model's configuration",
    };
  }
  if (VALUE.test(said)) {
    return {
      failure: "request",
      remedy: "change the setting that the server names, in the model's configuration",
    };
  }
  return { failure: "request", remedy: "shorten the texts, or use a model with a longer context" };
}

/** What concerns this request alone, whatever the status. */
function ofThisRequest(said: string): Verdict | undefined {
  const most = alternativesIn(said);
  if (most !== undefined) {
    return {
      failure: "request",
      remedy: `the server gives ${most} alternatives a token at most`,
      refuses: { what: "alternatives", most },
    };
  }
  if (SYSTEM.test(said)) {
    return {
      failure: "request",
      remedy: 'let system messages stand at the head of the first user message: systemMessage "merge"',
      refuses: { what: "system-message" },
    };
  }
  if (TEMPLATE.test(said)) {
    return {
      failure: "request",
      remedy: "give the server a chat template that takes such messages (vLLM, llama.cpp: --chat-template)",
    };
  }
  const fitting = fittingTokens(said);
  if (fitting !== undefined) {
    return {
      failure: "request",
      remedy: `maxTokens of at most ${fitting} fits this prompt: set models.<role>.maxTokens lower, with room for longer prompts, or widen the server's window`,
    };
  }
  if (CONTEXT.test(said)) {
    return {
      failure: "request",
      remedy:
        "shorten the texts, or give the server a longer context (vLLM: --max-model-len; llama.cpp: --ctx-size; Ollama: OLLAMA_CONTEXT_LENGTH)",
    };
  }
  if (CONSTRAINT.test(said) || UNKNOWN_FORMAT.test(said)) {
    return {
      failure: "request",
      remedy: "let the judge write what it likes: judge.constrain off",
      refuses: { what: "constraint" },
    };
  }
  return undefined;
}

/** How many alternatives a token a server gives, where it was asked for more. */
function alternativesIn(said: string): number | undefined {
  if (!/log.?probs/i.test(said)) return undefined;
  const bound =
    /(?:max(?:imum)?(?: allowed| value)?|less than or equal to|at most|no more than|up to|<=|between \d+ and)[^\d]{0,12}(\d+)/i.exec(
      said,
    );
  return bound === null || Number(bound[1]) < 1 ? undefined : Number(bound[1]);
}

/** How many output tokens there would have been room for: "(4096 > 4096 - 20)", or window and input in words. */
function fittingTokens(said: string): number | undefined {
  if (!/max_(completion_)?tokens|max_new_tokens|output tokens/i.test(said)) return undefined;
  const terms = /\d+\s*>\s*(\d+)\s*-\s*(\d+)/.exec(said);
  const window = terms ?? /(?:window|context length|context size)\D{0,40}(\d+)/i.exec(said);
  const input =
    terms?.[2] ??
    /(\d+)\s*(?:input|prompt)? ?tokens? (?:in the (?:messages|input)|from the input)|has (\d+) input/i
      .exec(said)
      ?.slice(1)
      .find(Boolean);
  if (window === null || input === undefined) return undefined;
  const room = Number(window[1]) - Number(input);
  return room > 0 ? room : undefined;
}
