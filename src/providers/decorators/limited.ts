import type { GenerateRequest, GenerateResult } from "../../core/ports/language-model.ts";
import type { Call, OneOrMore } from "./call.ts";
import { usualInputTokens } from "./estimate.ts";
import type { TrafficLimiter } from "./limiter.ts";

/** How many tokens calls of one kind take. */
export interface Load<Q, R> {
  expected(request: Q): number;
  taken(result: R): number;
}

/**
 * Calls that wait for the limiter's leave; those of one model share one limiter.
 * @param calls one for each server that the limiter knows
 */
export function limited<Q, R>(
  calls: OneOrMore<Call<Q, R>>,
  limiter: TrafficLimiter,
  load: Load<Q, R>,
): Call<Q, R> {
  return (request, tries) =>
    limiter.run(load.expected(request), (server) => (calls[server] ?? calls[0])(request), load.taken, tries);
}

/** Weight of the newest output in the running mean that forecasts the next. */
const NEWEST = 0.1;
/** Forecast before the first answer. */
const FIRST_FORECAST = 256;

/** What a language model's calls take. */
export function chatLoad(): Load<GenerateRequest, GenerateResult> {
  let outputTokens = FIRST_FORECAST;
  return {
    expected: (request) =>
      usualInputTokens(request) + Math.min(outputTokens, request.maxTokens ?? Number.POSITIVE_INFINITY),
    taken({ usage }) {
      outputTokens += NEWEST * (usage.outputTokens - outputTokens);
      return usage.inputTokens + usage.outputTokens;
    },
  };
}
