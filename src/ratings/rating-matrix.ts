import type { Candidate } from "../core/artifacts.ts";
import type { Judge } from "../judge/judge.ts";

/**
 * Scores of a user's candidates (rows, 2K) on the pool's principles (columns, K), with their gaps: a score that was
 * not obtained, or not asked for, is missing. Compact, because a paper-scale run holds 5,500 of them.
 */
export interface RatingMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major; NaN where missing. */
  readonly scores: Float64Array;
}

export function ratingAt(matrix: RatingMatrix, row: number, column: number): number | null {
  const score = matrix.scores[row * matrix.columns + column] as number;
  return Number.isNaN(score) ? null : score;
}

/**
 * Rates every candidate on the principles at `columns` (all of them, or only those that some world weighs).
 * A missing candidate has missing scores.
 * @param prompt what the candidates answer
 */
export async function rateCandidates(
  judge: Judge,
  candidates: readonly (Candidate | null)[],
  prompt: string,
  principles: readonly string[],
  columns: readonly number[],
): Promise<RatingMatrix> {
  const scores = new Float64Array(candidates.length * principles.length).fill(Number.NaN);
  const wanted = columns.map((column) => principles[column] as string);
  await Promise.all(
    candidates.map(async (candidate, row) => {
      if (candidate === null) return;
      const rated = await judge.rateAll(candidate.text, wanted, prompt);
      for (const [i, score] of rated.entries()) {
        scores[row * principles.length + (columns[i] as number)] = score ?? Number.NaN;
      }
    }),
  );
  return { rows: candidates.length, columns: principles.length, scores };
}

/** How many of the asked-for scores are missing. */
export function countMissing(matrix: RatingMatrix, columns: readonly number[]): number {
  let missing = 0;
  for (let row = 0; row < matrix.rows; row++) {
    for (const column of columns) if (ratingAt(matrix, row, column) === null) missing++;
  }
  return missing;
}
