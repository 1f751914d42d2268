import type { Draw } from "./draw.ts";
import type { Judge } from "./judge.ts";

/**
 * Scores of texts to one prompt that were obtained before: `null` for one that the judge was asked for and did not give, `undefined` for
 * one that it was never asked for.
 */
export type KnownScores = (text: string, principle: string, draw: Draw) => number | null | undefined;

/** A judge that is asked only for what is not known already. */
export function knowingJudge(judge: Judge, known: KnownScores | undefined, draw: Draw): Judge {
  if (known === undefined) return judge;
  return {
    async rate(text, principle, prompt) {
      const score = known(text, principle, draw);
      return score === undefined ? judge.rate(text, principle, prompt) : score;
    },
    async rateAll(text, principles, prompt) {
      const scores = principles.map((principle) => known(text, principle, draw));
      const open = principles.filter((_, i) => scores[i] === undefined);
      const asked = open.length === 0 ? [] : await judge.rateAll(text, open, prompt);
      let next = 0;
      return scores.map((score) => (score === undefined ? (asked[next++] ?? null) : score));
    },
  };
}
