import { mapConcurrent } from "../../core/concurrency.ts";
import type { Observer } from "../../core/events.ts";
import type { ScoreMapping } from "../../core/rating-scale.ts";
import type { Judge } from "../../judge/judge.ts";
import type { RatedText } from "../texts.ts";

/** One line of the file that `judges compare` reads; a score that was not obtained is `null`. */
export interface AntonymScores {
  readonly judge: string;
  readonly pair: readonly [string, string];
  readonly conversation: string;
  readonly scores: readonly [number | null, number | null];
  /** How answers on 1 to 100 became the scores; absent: linearly. */
  readonly mapping?: ScoreMapping;
}

export interface NamedJudge {
  readonly name: string;
  readonly judge: Judge;
  /** Of its scores; absent: linear. */
  readonly mapping?: ScoreMapping;
}

/** One judge's scores of every text on both words of every pair; a word of several pairs is asked once. */
export async function antonymScores(
  { name, judge, mapping }: NamedJudge,
  pairs: readonly (readonly [string, string])[],
  texts: readonly RatedText[],
  concurrency: number,
  observe: Observer,
): Promise<AntonymScores[]> {
  const words = [...new Set(pairs.flat())];
  const stage = `scores of ${name}`;
  observe({ type: "stage", stage, total: texts.length });
  const rows = await mapConcurrent(texts, concurrency, async ({ conversation, text }) => {
    const given = text === null ? [] : await judge.rateAll(text, words, null);
    const scoreOf = (word: string): number | null => given[words.indexOf(word)] ?? null;
    observe({ type: "progress", stage, done: 1, total: texts.length });
    return pairs.map((pair): AntonymScores => {
      const scores = [scoreOf(pair[0]), scoreOf(pair[1])] as const;
      return { judge: name, pair, conversation, scores, ...(mapping === "tenth" && { mapping }) };
    });
  });
  return rows.flat();
}
