import { remapped, type ScoreMapping } from "../core/rating-scale.ts";
import type { Judge } from "./judge.ts";

/**
 * A judge whose scores stand under another mapping than its own: so that they can be held against scores made under that one.
 * @param from the judge's own
 */
export function remappedJudge(
  judge: Judge,
  from: ScoreMapping | undefined,
  to: ScoreMapping | undefined,
): Judge {
  const onto = (score: number | null): number | null => (score === null ? null : remapped(score, from, to));
  return {
    rate: async (text, principle, prompt) => onto(await judge.rate(text, principle, prompt)),
    rateAll: async (text, principles, prompt) => (await judge.rateAll(text, principles, prompt)).map(onto),
  };
}
