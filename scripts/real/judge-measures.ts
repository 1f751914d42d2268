import type { GenerateRequest, LanguageModel } from "../../src/core/ports/language-model.ts";
import { rootKey } from "../../src/core/random.ts";
import { wrapModel } from "../../src/core/wrap-model.ts";
import { createJudge, TOP_LOGPROBS } from "../../src/judge/judge.ts";
import type { JudgeSettings } from "../../src/judge/settings.ts";
import { clusterIntervals } from "../../src/statistics/cluster-bootstrap.ts";
import { pearson, spearman } from "../../src/statistics/correlation.ts";
import { mean } from "../../src/statistics/descriptive.ts";

type Pairs = readonly (readonly [string, string])[];

/** Four of the paper's antonym pairs, whose words the simulated judge knows. */
export const ANTONYMS: Pairs = [
  ["verbose", "terse"],
  ["formal", "casual"],
  ["warm", "cold"],
  ["serious", "playful"],
];

/** By text, then by word; a score that was not obtained is `null`. */
export type Scores = readonly (readonly (number | null)[])[];

/** The written and the weighted scores of the very same replies. */
export interface Readings {
  readonly written: Scores;
  readonly weighted: Scores;
  /** By what the judge was held to the scale. */
  readonly form: string;
  readonly asked: number;
  readonly readable: number;
  /** Mean probability of the scale's numbers, in [0, 1]. */
  readonly meanMass: number | null;
  /** Weighted scores that were taken as written. */
  readonly plain: number;
}

/** Asks for each word of each text once. */
export async function readJudge(
  model: LanguageModel,
  settings: JudgeSettings,
  texts: readonly string[],
  words: readonly string[],
): Promise<Readings> {
  const masses: number[] = [];
  let plain = 0;
  const weighted = await scoresOf(model, { ...settings, weighted: true }, texts, words, (mass, isPlain) => {
    masses.push(mass);
    if (isPlain) plain++;
  });
  const asWeighted = (request: GenerateRequest) => model.generate({ ...request, topLogprobs: TOP_LOGPROBS });
  const asWritten = { ...settings, weighted: false };
  const written = await scoresOf(wrapModel(model, asWeighted), asWritten, texts, words);
  const all = weighted.flat();
  return {
    written,
    weighted,
    form: model.heldBy?.() ?? "nothing",
    asked: all.length,
    readable: all.filter((score) => score !== null).length,
    meanMass: mean(masses),
    plain,
  };
}

export async function scoresOf(
  model: LanguageModel,
  settings: JudgeSettings,
  texts: readonly string[],
  words: readonly string[],
  weighed: (mass: number, isPlain: boolean) => void = () => {},
): Promise<Scores> {
  const judge = createJudge(model, settings, { usable() {}, nothing() {}, weighed });
  return Promise.all(texts.map((text) => judge.rateAll(text, words, null)));
}

/** A figure of some of the texts, by their numbers, each as often as it stands there; `null` where it is undefined. */
export type Figure = (texts: readonly number[]) => number | null;

/** A figure of all texts, and its 95 % percentile interval by bootstrap over them. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

const RESAMPLES = 2000;

/** @param count how many texts there are */
export function estimatesOf(count: number, figures: readonly Figure[]): Estimate[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const drawn = (counts?: ArrayLike<number>): number[] =>
    counts === undefined ? all : all.flatMap((i) => Array<number>(counts[i] as number).fill(i));
  const intervals = clusterIntervals(
    all,
    figures.map((figure) => (counts?: ArrayLike<number>) => figure(drawn(counts))),
    rootKey("judges of docs/real-llm.md"),
    RESAMPLES,
  );
  return figures.map((figure, f) => ({ value: figure(all), interval: intervals[f] ?? null }));
}

/** Mean |s+ + s- - 11| over pairs. */
export const balanceOf =
  (scores: Scores, pairs: Pairs): Figure =>
  (texts) =>
    meanOf(
      pairs.map((_, p) => {
        const [a, b] = both(texts, scores, 2 * p, scores, 2 * p + 1);
        return meanOf(a.map((s, i) => Math.abs(s + (b[i] as number) - 11)));
      }),
    );

/** Mean over the pairs that have one. */
export const antonymCorrelationOf =
  (scores: Scores, pairs: Pairs): Figure =>
  (texts) =>
    meanOf(pairs.map((_, p) => pearson(...both(texts, scores, 2 * p, scores, 2 * p + 1))));

/** Spearman's correlation of two sets of scores on one word, by its number. */
export const agreementOn =
  (word: number, one: Scores, other: Scores): Figure =>
  (texts) =>
    spearman(...both(texts, one, word, other, word));

/** Its mean over the words that have one. */
export const agreementOf =
  (one: Scores, other: Scores): Figure =>
  (texts) =>
    meanOf((one[0] ?? []).map((_, w) => agreementOn(w, one, other)(texts)));

/** The same over all ratings together, so that what separates the words counts as well. */
export const pooledAgreementOf =
  (one: Scores, other: Scores): Figure =>
  (texts) => {
    const columns = (one[0] ?? []).map((_, w) => both(texts, one, w, other, w));
    return spearman(
      columns.flatMap(([a]) => a),
      columns.flatMap(([, b]) => b),
    );
  };

/** Mean of the second's scores minus the first's, over all words. */
export const shiftOf =
  (one: Scores, other: Scores): Figure =>
  (texts) =>
    meanOf(
      (one[0] ?? []).flatMap((_, w) => {
        const [a, b] = both(texts, one, w, other, w);
        return a.map((s, i) => (b[i] as number) - s);
      }),
    );

/** The first figure minus the second. */
export const difference =
  (one: Figure, other: Figure): Figure =>
  (texts) => {
    const [a, b] = [one(texts), other(texts)];
    return a === null || b === null ? null : a - b;
  };

/** The texts' scores in two columns, those that have both. */
function both(texts: readonly number[], one: Scores, w: number, other: Scores, v: number) {
  const [a, b]: [number[], number[]] = [[], []];
  for (const text of texts) {
    const [s, t] = [one[text]?.[w] ?? null, other[text]?.[v] ?? null];
    if (s === null || t === null) continue;
    a.push(s);
    b.push(t);
  }
  return [a, b] as const;
}

export function meanOf(values: readonly (number | null)[]): number | null {
  return mean(values.filter((value) => value !== null));
}
