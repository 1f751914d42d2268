import { ProviderError } from "../core/errors.ts";
import type { Gauge } from "../core/gauge.ts";
import type { GenerateResult, LanguageModel } from "../core/ports/language-model.ts";
import { NUMBER_TOKENS } from "./limit.ts";
import { parseScore } from "./parse.ts";
import type { JudgeSettings } from "./settings.ts";
import { isCutShort, weighed } from "./weighted.ts";

/** Judges that have sent log-probabilities. */
const tellers = new WeakSet<LanguageModel>();

/**
 * The score of one reply, as `fromAsked` gives it; `null` when it gives none.
 * @throws ProviderError for a server without log-probabilities, and for a limit that cuts numbers apart
 */
export function scoreOf(
  model: LanguageModel,
  result: GenerateResult,
  settings: JudgeSettings,
  gauge: Gauge,
): number | null {
  const { weighted, scale, mapping, constrain } = settings;
  if (!weighted) return result.finishReason === "stop" ? parseScore(result.text, scale, mapping) : null;
  return weightedScoreOf(model, result, settings, constrain === "auto" && isHeld(model) ? gauge : undefined);
}

const isHeld = ({ heldBy }: LanguageModel): boolean => !["none", undefined].includes(heldBy?.());

/**
 * Servers tell the probabilities as they were before the judge was held to the scale: with less than this on the numbers
 * that it could have written, their proportions say little, and the written number stands.
 */
const LEAST_MASS = 0.5;

/**
 * The score of one reply by its log-probabilities; `null` when it tells none. A reply that ended at the limit on
 * tokens counts when it is the number alone: a limit of one token is how such judges are usually asked.
 * @param held told of the probability that was found, where the judge is held to the scale
 */
function weightedScoreOf(
  model: LanguageModel,
  result: GenerateResult,
  { scale, mapping }: JudgeSettings,
  held: Gauge | undefined,
): number | null {
  if (result.finishReason === "filter") return null;
  // One answer without them among others with them is one to be asked again.
  if (result.logprobs === undefined) return tellers.has(model) ? null : noLogprobs(model);
  if (result.logprobs.length > 0) tellers.add(model);
  const facts = { text: result.text, isCut: result.finishReason === "length", mapping };
  if (!isCutShort(result.logprobs, scale, facts)) {
    const found = weighed(result.logprobs, scale, facts);
    if (found === null || held === undefined) return found?.score ?? null;
    const isPlain = found.mass < LEAST_MASS;
    held.weighed?.(found.mass, isPlain);
    return isPlain ? found.written : found.score;
  }
  if (result.usage.outputTokens >= NUMBER_TOKENS) return null;
  throw new ProviderError(
    `the judge writes numbers digit by digit, and its answer ended behind "${result.text.trim()}": a longer number cannot be told from it`,
    {
      failure: "fatal",
      where: `judge ${model.id}`,
      remedy: `set models.judge.maxTokens to ${NUMBER_TOKENS} or more`,
    },
  );
}

function noLogprobs(model: LanguageModel): never {
  throw new ProviderError("the judge's server returns no log-probabilities, which the weighted judge needs", {
    failure: "fatal",
    where: `judge ${model.id}`,
    remedy: "serve the judge with log-probabilities enabled, or set judge.weighted to false",
  });
}
