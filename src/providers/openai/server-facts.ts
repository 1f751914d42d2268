import type { GenerateRequest } from "../../core/ports/language-model.ts";
import type { ServerAccess } from "./access.ts";
import type { Completion } from "./completion.ts";
import { FIRST_MANNER, isEffortSent, type Manner } from "./manner.ts";
import type { OpenAISettings } from "./settings.ts";

/** What is known of a model on a server: how it wants to be asked, and what is odd about its answers. */
export interface ServerFacts {
  manner(): Manner;
  learn(manner: Manner): void;
  /** Looks at an answer, and tells whoever watches of what is odd, once. */
  look(completion: Completion, request: GenerateRequest): void;
}

/** English has about four characters a token; the mean is corrected by what the server counts. */
const FIRST_RATIO = 4;
const NEWEST = 0.05;
/** A prompt is taken for cut when a token of it would have this many times the usual characters ... */
const CUT_RATIO = 1.7;
/** ... in a prompt that is long enough to tell, and of which something was counted. */
const LEAST_CHARACTERS = 2_000;
const LEAST_TOKENS = 256;

/** @param name model and server as people may read them */
export function serverFacts(settings: OpenAISettings, name: string, access: ServerAccess): ServerFacts {
  const { notice = () => {} } = access;
  let manner = FIRST_MANNER;
  let ratio = FIRST_RATIO;
  let cuts = false;
  const lookAtUsage = (
    { inputTokens, outputTokens, text }: Completion,
    { messages }: GenerateRequest,
  ): void => {
    if (inputTokens === undefined || (outputTokens === undefined && text !== "")) {
      notice(`${name} does not tell how many tokens its answers take: they are estimated by their lengths`);
      return;
    }
    const sent = messages.reduce((sum, { content }) => sum + content.length, 0);
    if (sent < LEAST_CHARACTERS || inputTokens < LEAST_TOKENS) return;
    const own = sent / inputTokens;
    if (own < CUT_RATIO * ratio) ratio += NEWEST * (own - ratio);
    else if (!cuts) {
      cuts = true;
      notice(
        `warning: ${name} has probably cut a prompt: it counts ${inputTokens} tokens of ${sent} characters. Widen its ` +
          "window (Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx; llama.cpp: --ctx-size; vLLM: --max-model-len)",
      );
    }
  };
  const lookAtReasoning = ({ reasoning }: Completion): void => {
    if (settings.reasoning !== false) return;
    if (reasoning === undefined || reasoning.trim() === "") {
      notice(`${name}: reasoning is turned off ${switchesOf(settings, manner)}`);
      return;
    }
    notice(
      `warning: ${name} still reasons, though reasoning is to be off and was switched off ${switchesOf(settings, manner)}; ` +
        "give the field that this server knows in options",
    );
  };
  const lookAtEnd = ({ finishReason, ended, text }: Completion): void => {
    if (finishReason !== "filter" && text.trim() !== "") return;
    const what = finishReason === "filter" ? "is not whole" : "is empty";
    notice(
      `an answer of ${name} ${what} (finish_reason ${JSON.stringify(ended ?? null)}); such answers count as missing`,
    );
  };
  return {
    manner: () => manner,
    learn(next) {
      if (next.limit !== manner.limit) notice(`${name}: its limit of tokens is called ${next.limit}`);
      manner = next;
    },
    look(completion, request) {
      lookAtUsage(completion, request);
      lookAtReasoning(completion);
      lookAtEnd(completion);
    },
  };
}

/** "by reasoning_effort none and chat_template_kwargs" */
function switchesOf({ options = {} }: OpenAISettings, { switches, leastEffort }: Manner): string {
  const names = [...switches].flatMap((name) => {
    if (name !== "reasoning_effort" || name in options) return [name];
    return isEffortSent({ switches, leastEffort }) ? [`${name} ${leastEffort}`] : [];
  });
  return names.length === 0
    ? "by no field: the server knows none of those that are tried"
    : `by ${names.join(", ")}`;
}
