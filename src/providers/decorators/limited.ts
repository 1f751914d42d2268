import type { LanguageModel } from "../../core/ports/language-model.ts";
import { wrapModel } from "../../core/wrap-model.ts";
import { usualInputTokens } from "./estimate.ts";
import type { TrafficLimiter } from "./limiter.ts";

/** Weight of the newest output in the running mean that forecasts the next. */
const NEWEST = 0.1;
/** Forecast before the first answer. */
const FIRST_FORECAST = 256;

/** A model whose calls wait for the limiter's leave; models on one server share one limiter. */
export function limitedModel(model: LanguageModel, limiter: TrafficLimiter): LanguageModel {
  let outputTokens = FIRST_FORECAST;
  return wrapModel(model, (request) => {
    const output = Math.min(outputTokens, request.maxTokens ?? Number.POSITIVE_INFINITY);
    return limiter.run(
      usualInputTokens(request) + output,
      () => model.generate(request),
      ({ usage }) => {
        outputTokens += NEWEST * (usage.outputTokens - outputTokens);
        return usage.inputTokens + usage.outputTokens;
      },
    );
  });
}
