import type { Candidate, Split, StyleLabel, UserProfile, UserText } from "../core/artifacts.ts";
import type { KnownScores } from "../judge/known.ts";
import type { RatingMatrix } from "../ratings/rating-matrix.ts";
import type { World } from "../world/mapping.ts";

/** A user with everything that no world changes. */
export interface PreparedUser {
  readonly profile: UserProfile;
  readonly text: UserText;
  /** In the order of the style labels; empty for users without candidates. */
  readonly candidates: readonly (Candidate | null)[];
  readonly ratings: RatingMatrix;
  /** Principles that were rated. */
  readonly columns: readonly number[];
  /** Of a test user of a frozen set: what the judge said of answers to the user's prompt. */
  readonly known?: KnownScores | undefined;
}

export interface PreparedSplit {
  readonly users: readonly PreparedUser[];
  /** How many users were dropped for a failed rewrite. */
  readonly replaced: number;
}

/** Users who were made and rated before, as a frozen set holds them: nothing of them is asked of a model. */
export interface FrozenUsers {
  readonly users: Readonly<Record<Split, readonly PreparedUser[]>>;
  /** How many were dropped for a failed rewrite when they were made. */
  readonly replaced: Readonly<Record<Split, number>>;
  /** Those of the set, by their seeds. */
  readonly worlds: readonly World[];
  /** Whether test users have candidates and ratings. */
  readonly ratedTest: boolean;
  /** What of test users need not be asked again: plain answers, answers in a style, the judge's scores of both. */
  readonly known: { readonly plain: boolean; readonly styled: boolean; readonly scores: boolean };
}

/** An answer to a test user that was given before. */
export interface RecordedAnswer {
  readonly text: string | null;
  readonly label?: StyleLabel;
}

/** Answers that were given before, by method's name, world's seed and user. */
export type RecordedAnswers = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<string, RecordedAnswer>>>;
