import type { ProviderError } from "./errors.ts";
import type { GenerateResult } from "./ports/language-model.ts";

/** Why an ask gave nothing that can be used, after its re-asks. */
export interface Shortfall {
  /** What happened, as a predicate: "was refused", "holds no score". */
  readonly what: string;
  /** The server's own words, or the model's; untrusted and of any length. */
  readonly words?: string;
  /** What the error that was met says can be done. */
  readonly remedy?: string;
}

/** Told how each ask of one role in one stage ended, so that a stage that can come to nothing stops early. */
export interface Gauge {
  usable(): void;
  /**
   * Told of each score that was weighed by probabilities where the model was held to the scale's numbers.
   * @param mass probability that the numbers had together, 0..1
   * @param isPlain it was too little to weigh, so the written number stands
   */
  weighed?(mass: number, isPlain: boolean): void;
  /** Told of each rewrite that ran on, and where it was ended: at its prompt's own marks, or before it repeats itself. */
  ended?(where: "mark" | "repetition"): void;
  /** @throws ApmError when the stage has no chance */
  nothing(shortfall: Shortfall): void;
}

/** For callers that watch their asks themselves, or need not. */
export const NO_GAUGE: Gauge = { usable: () => {}, nothing: () => {} };

/** What a refusal of this very request says. */
export function refusal({ message, remedy }: ProviderError): Shortfall {
  return { what: "was refused", words: message, ...(remedy === undefined ? {} : { remedy }) };
}

/**
 * Why an answer is nothing: withheld, empty, all reasoning, or cut where nobody asked for a cut.
 * @param limited whether the user set a limit on generated tokens: a cut at it is what was wanted
 */
export function shortfallOf(
  { text, finishReason, reasoning }: GenerateResult,
  limited: boolean,
): Shortfall | undefined {
  if (finishReason === "filter") return { what: "was withheld by the provider", words: text };
  if (text.trim() === "") {
    return reasoning === undefined || reasoning.trim() === ""
      ? emptyAnswer(finishReason)
      : allReasoning(reasoning);
  }
  if (finishReason === "length" && !limited) {
    return {
      what: "was cut at the token limit",
      words: text,
      remedy: "raise maxTokens of the model, or the server's own limit on generated tokens",
    };
  }
  return undefined;
}

const emptyAnswer = (finishReason: string): Shortfall =>
  finishReason === "length"
    ? {
        what: "was cut at the token limit before any visible text",
        remedy: "raise maxTokens of the model, or turn its reasoning off (reasoning: false)",
      }
    : { what: "was empty", remedy: "try the model's chat template with `apm-bench doctor`" };

/** The server's reasoning parser took the whole answer for reasoning. */
function allReasoning(reasoning: string): Shortfall {
  return {
    what: "came as reasoning alone, with no visible text",
    words: reasoning,
    remedy:
      "start the server without its reasoning parser (vLLM: leave out --reasoning-parser; llama.cpp: --reasoning-format none), " +
      "or let the model reason and finish: raise maxTokens, or set reasoning as the model expects",
  };
}
