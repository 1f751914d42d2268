import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import { cholesky, type PackedTriangle, solveCholesky } from "../../numerics/cholesky.ts";
import { expectedRewards, type StyleRatings } from "./style-ratings.ts";

/** Users to learn a mapping from: what is known of their attributes, and their rewards of the 2K styles. */
export interface MappingUsers {
  /** One row a user, as `preferenceTerms` or its expectation. */
  readonly terms: readonly Float64Array[];
  /** One row a user, one reward a style; `null` where it is missing. */
  readonly rewards: readonly (readonly (number | null)[])[];
}

/** Preferences (one signed weight a principle) that are linear in the terms: terms x principles, row-major. */
export interface LearnedMapping {
  readonly terms: number;
  readonly principles: number;
  readonly weights: Float64Array;
}

/** How many users' worth of "no preference" is laid beside the train users: for single attributes, and for pairs. */
const PENALTIES = [0.1, 1, 10, 100];
const PAIR_PENALTIES = [1, 10, 100, 1000, 10_000];

/**
 * Learns who prefers what from rewards. A reward is 5.5 + sum_i v_i (rating_i - 5.5), v the user's signed weights, so each
 * user's 2K rewards, seen through the mean ratings, give an estimate of v by least squares; these are regressed on the
 * users' terms (ridge; Hoerl and Kennard, 1970). The penalties are those that predict the validation users' rewards best.
 * Terms that are expectations need no correction: what is not known of a user is not related to what is.
 * @param single how many of the terms are of single attributes; the others are of pairs
 */
export function learnMapping(
  ratings: StyleRatings,
  train: MappingUsers,
  validation: MappingUsers,
  single: number,
): LearnedMapping {
  const { principles } = ratings;
  const terms = train.terms[0]?.length ?? 0;
  const estimates = train.rewards.map(estimatePreferences(ratings));
  const gram = new Float64Array((terms * (terms + 1)) / 2);
  const right = new Float64Array(terms * principles);
  for (const [u, row] of train.terms.entries()) {
    const own = estimates[u] as Float64Array | null;
    if (own !== null) addUser(gram, right, row, own);
  }
  const hasPairs = terms > single;
  let best: { readonly mapping: LearnedMapping; readonly error: number } | undefined;
  for (const penalty of PENALTIES) {
    for (const pairPenalty of hasPairs ? PAIR_PENALTIES : [penalty]) {
      const penalized = gram.slice();
      for (let t = 0, at = 0; t < terms; t++, at += t + 1)
        penalized[at]! += t < single ? penalty : pairPenalty;
      const weights = solveCholesky(cholesky(penalized, terms), right, principles);
      const mapping = { terms, principles, weights };
      const error = predictionError(ratings, mapping, validation);
      if (best === undefined || error < best.error) best = { mapping, error };
    }
  }
  return (best as NonNullable<typeof best>).mapping;
}

/** v of somebody with these terms. */
export function learnedPreferences(
  { principles, weights }: LearnedMapping,
  terms: Float64Array,
): Float64Array {
  const out = new Float64Array(principles);
  for (let t = 0; t < terms.length; t++) {
    const term = terms[t] as number;
    if (term === 0) continue;
    for (let i = 0; i < principles; i++) out[i]! += term * (weights[t * principles + i] as number);
  }
  return out;
}

/** Keeps the least squares defined where two principles are rated alike; far below any rating's error. */
const TINY = 1e-3;

/** A user's v by least squares from the rewards that are there; `null` without any. */
function estimatePreferences(
  ratings: StyleRatings,
): (rewards: readonly (number | null)[]) => Float64Array | null {
  const { principles, values } = ratings;
  const solverOf = (present: readonly number[]) => {
    const square = new Float64Array((principles * (principles + 1)) / 2);
    for (const style of present) {
      const row = values.subarray(style * principles, (style + 1) * principles);
      addSquare(square, row);
    }
    return cholesky(square, principles, TINY);
  };
  // Most users have all rewards, and share one factor.
  const whole = solverOf(Array.from({ length: ratings.styles }, (_, s) => s));
  return (rewards) => {
    const present = rewards.flatMap((reward, style) => (reward === null ? [] : [style]));
    if (present.length === 0) return null;
    const right = new Float64Array(principles);
    for (const style of present) {
      const y = (rewards[style] as number) - SCALE_MIDPOINT;
      for (let i = 0; i < principles; i++) right[i]! += y * (values[style * principles + i] as number);
    }
    return solveCholesky(present.length === ratings.styles ? whole : solverOf(present), right, 1);
  };
}

function addUser(gram: PackedTriangle, right: Float64Array, terms: Float64Array, own: Float64Array): void {
  addSquare(gram, terms);
  for (let t = 0; t < terms.length; t++) {
    const term = terms[t] as number;
    if (term === 0) continue;
    for (let i = 0; i < own.length; i++) right[t * own.length + i]! += term * (own[i] as number);
  }
}

/** Adds the products of a row's entries, row by row of the lower triangle. */
function addSquare(into: PackedTriangle, row: Float64Array): void {
  for (let i = 0, at = 0; i < row.length; at += ++i) {
    const entry = row[i] as number;
    if (entry === 0) continue;
    for (let j = 0; j <= i; j++) into[at + j]! += entry * (row[j] as number);
  }
}

/** Mean squared error of the predicted rewards; 0 where there is nothing to predict. */
function predictionError(ratings: StyleRatings, mapping: LearnedMapping, users: MappingUsers): number {
  let [sum, n] = [0, 0];
  for (const [u, terms] of users.terms.entries()) {
    const predicted = expectedRewards(ratings, learnedPreferences(mapping, terms));
    for (const [style, reward] of (users.rewards[u] ?? []).entries()) {
      if (reward === null) continue;
      sum += (reward - SCALE_MIDPOINT - (predicted[style] as number)) ** 2;
      n++;
    }
  }
  return n === 0 ? 0 : sum / n;
}
