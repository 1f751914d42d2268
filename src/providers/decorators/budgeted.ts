import type { GenerateRequest, GenerateResult } from "../../core/ports/language-model.ts";
import type { Budget } from "./budget.ts";
import type { Call } from "./call.ts";
import { mostInputTokens } from "./estimate.ts";
import { costOf, type Price } from "./metered.ts";

/** What calls of one kind cost. */
export interface Bill<Q, R> {
  /** Most US dollars that a call can cost. */
  most(request: Q): number;
  /** US dollars that one has cost. */
  paid(result: R): number;
  /** Nobody is paid, as the model is simulated. */
  readonly isFree?: boolean;
}

/** Calls that spend from a budget. */
export function budgeted<Q, R>(call: Call<Q, R>, budget: Budget, bill: Bill<Q, R>): Call<Q, R> {
  return (request) => budget.run(bill.most(request), () => call(request), bill.paid, bill.isFree);
}

/** What the output of a model without a token limit may be, before longer ones have been seen. */
const UNLIMITED_OUTPUT_TOKENS = 1024;

/**
 * What a language model's calls cost. The bound on a call's cost is strict when a token limit is set; without one it is
 * four times the longest output so far.
 * @param maxTokens the model's own limit on output tokens, where it has one
 */
export function chatBill(price?: Price, maxTokens?: number): Bill<GenerateRequest, GenerateResult> {
  let longest = UNLIMITED_OUTPUT_TOKENS / 4;
  return {
    most(request) {
      if (price === undefined) return 0;
      const outputTokens = request.maxTokens ?? maxTokens ?? 4 * longest;
      return costOf({ inputTokens: mostInputTokens(request), outputTokens }, price);
    },
    paid({ usage }) {
      if (usage.outputTokens > longest) longest = usage.outputTokens;
      return costOf(usage, price);
    },
  };
}
