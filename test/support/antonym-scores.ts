import { basePrompts } from "../../src/catalog/base-prompts.ts";
import type { LanguageModel } from "../../src/core/ports/language-model.ts";
import { plainMessages } from "../../src/core/prompt/prompts.ts";
import { createJudge } from "../../src/judge/judge.ts";
import type { JudgeSettings } from "../../src/judge/settings.ts";
import { pearson } from "../../src/statistics/correlation.ts";
import type { JudgeScores, PairScores } from "../../src/studies/judge-comparison/scores.ts";

/** Conversations of each pair, as many as the real judges scored. */
const TEXTS = 160;

/**
 * Correlations of every two principles in a model's judgements of texts, beside those in other ratings.
 *
 * @param ratings a principle's column of them
 */
export async function entanglement(
  model: LanguageModel,
  texts: readonly string[],
  principles: readonly string[],
  ratings: (principle: string) => Float64Array,
): Promise<{ pair: readonly [string, string]; simulated: number; real: number }[]> {
  const judge = createJudge(model, { scale: 10, retries: 3, weighted: false });
  const scores = await Promise.all(texts.map((text) => judge.rateAll(text, principles, null)));
  const complete = scores.filter((row) => !row.includes(null)) as number[][];
  const columns = principles.map((principle, p) => ({
    principle,
    simulated: complete.map((row) => row[p]!),
    real: ratings(principle),
  }));
  return columns.flatMap((a, i) =>
    columns.slice(0, i).map((b) => ({
      pair: [b.principle, a.principle] as const,
      simulated: pearson(b.simulated, a.simulated)!,
      real: pearson(b.real, a.real)!,
    })),
  );
}

/** A model's own answers, without any instruction, to prompts of the catalog. */
export async function plainAnswers(model: LanguageModel): Promise<string[]> {
  const prompts = evenly([...basePrompts("train"), ...basePrompts("test")], TEXTS);
  const results = prompts.map(({ text }) => model.generate({ messages: plainMessages(text), sample: 0 }));
  return (await Promise.all(results)).map(({ text }) => text);
}

/** Scores of texts on antonym pairs, asked as a run asks them; `pairs` as in the real judges' files. */
export async function scoreAntonyms(
  name: string,
  model: LanguageModel,
  texts: readonly string[],
  pairs: readonly (readonly [string, string])[],
  settings: JudgeSettings = { scale: 10, retries: 3, weighted: false },
): Promise<JudgeScores> {
  const judge = createJudge(model, settings);
  const scored: PairScores[] = [];
  for (const pair of pairs) {
    const both = await Promise.all(texts.map((text) => judge.rateAll(text, pair, null)));
    const complete = both.flatMap((scores, i) =>
      scores.includes(null) ? [] : [{ i, scores: scores as number[] }],
    );
    scored.push({
      pair,
      conversations: complete.map(({ i }) => String(i)),
      positive: Float64Array.from(complete, ({ scores }) => scores[0]!),
      negative: Float64Array.from(complete, ({ scores }) => scores[1]!),
      missing: texts.length - complete.length,
      belowScale: 0,
    });
  }
  return { judge: name, pairs: scored };
}

/** `count` items at even distances. */
export function evenly<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
