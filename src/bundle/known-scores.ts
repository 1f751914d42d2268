import type { KnownScores } from "../judge/known.ts";
import type { PreparedUser } from "../pipeline/prepared.ts";
import { ratingAt } from "../ratings/rating-matrix.ts";

/** Scores of answers by user, text, and draw with principle (`1 casual`). */
export type ScoredTexts = Map<string, Map<string, Map<string, number | null>>>;

/**
 * What is known of the judge's opinion on answers to one test user: the ratings of candidates are its first draw.
 * @param texts filled with the scores of methods' answers, now or later
 */
export function knownScores(
  { profile, candidates, ratings, columns }: PreparedUser,
  principles: readonly string[],
  texts: ScoredTexts,
): KnownScores {
  const rated = new Set(columns);
  return (text, principle, draw) => {
    const given = texts
      .get(profile.id)
      ?.get(text)
      ?.get(`${draw === "first" ? 1 : 2} ${principle}`);
    if (given !== undefined || draw === "second") return given;
    const column = principles.indexOf(principle);
    if (!rated.has(column)) return undefined;
    const row = candidates.findIndex((candidate) => candidate?.text === text);
    return row < 0 ? undefined : ratingAt(ratings, row, column);
  };
}
