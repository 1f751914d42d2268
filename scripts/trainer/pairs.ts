import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plainMessages } from "../../src/core/prompt/prompts.ts";
import { fold, rngOf, rootKey } from "../../src/core/random.ts";
import type { EncodedPair } from "../../src/neural/training/pairs.ts";
import { unitLength } from "../../src/neural/training/soft-rows.ts";
import type { TunableModel } from "../../src/neural/tunable.ts";

const PROMPTS = join(import.meta.dirname, "../../catalog/prompts/test-everyday.json");
const EMBEDDING_SIZE = 8;

export interface PairLimits {
  readonly maxPromptTokens: number;
  readonly maxAnswerTokens: number;
}

/**
 * Pairs of users half of whom like a casual manner and half a formal one, told by the first number of their vectors; the
 * prompts are the package's own.
 */
export function mannerPairs(
  count: number,
  { tokenizer, config }: Pick<TunableModel, "tokenizer" | "config">,
  { maxPromptTokens, maxAnswerTokens }: PairLimits,
): EncodedPair[] {
  const prompts = JSON.parse(readFileSync(PROMPTS, "utf8")) as { readonly text: string }[];
  const end = config.eosTokenIds.slice(0, 1);
  const answer = (text: string): number[] => [...tokenizer.encode(text), ...end].slice(0, maxAnswerTokens);
  return Array.from({ length: count }, (_, i) => {
    const { text } = prompts[i % prompts.length] as { readonly text: string };
    const casual = answer(`yo, honestly just go for it, no worries! ${text.toLowerCase()}`);
    const formal = answer(`Dear Sir or Madam, with regard to your question, ${text} I would recommend care.`);
    const likesCasual = i % 2 === 0;
    const rng = rngOf(fold(rootKey("trainer-agreement"), i));
    const numbers = Array.from({ length: EMBEDDING_SIZE }, () => rng.uniform() - 0.5);
    return {
      embedded: unitLength(Float32Array.of(likesCasual ? 1 : -1, ...numbers.slice(1))),
      prompt: tokenizer.chat(plainMessages(text)).slice(-maxPromptTokens),
      chosen: likesCasual ? casual : formal,
      rejected: likesCasual ? formal : casual,
    };
  });
}
