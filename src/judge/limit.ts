import { UsageError } from "../core/errors.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import type { JudgeSettings } from "./settings.ts";

/** Tokens within which every number of a scale can be written, digit by digit. */
export const NUMBER_TOKENS = 3;

/**
 * Checks that a weighted judge's limit on tokens leaves room for every number of its scale: a limit of one token is how
 * such judges are usually asked, and enough where each number is one token.
 * @throws UsageError on 1-100, or where the model is known to write "10" with two tokens, for a limit below three
 */
export function checkLimit(
  { id, maxTokens = Number.POSITIVE_INFINITY, countTokens }: LanguageModel,
  { weighted, scale }: JudgeSettings,
): void {
  if (!weighted || maxTokens >= NUMBER_TOKENS) return;
  const tokensOfTen = countTokens?.("10") ?? 1;
  if (scale === 10 && tokensOfTen === 1) return;
  const why =
    scale === 100
      ? "a number on 1-100 may take three tokens"
      : `${id} writes "10" with ${tokensOfTen} tokens`;
  throw new UsageError(
    `a limit of ${maxTokens} ${maxTokens === 1 ? "token" : "tokens"} cuts the judge's numbers apart: ${why}`,
    {
      where: "models.judge.maxTokens",
      remedy: `set models.judge.maxTokens to ${NUMBER_TOKENS} or more`,
    },
  );
}
