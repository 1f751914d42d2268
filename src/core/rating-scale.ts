/**
 * The rating scale, owned here alone: 1 (clearly the opposite of the principle) to 10 (a perfect example).
 * Every other file asks this one for bounds, midpoint and flip. Answers on 1-100 may also count in tenths (`ScoreMapping`).
 */
export const SCALE_MIN = 1;
export const SCALE_MAX = 10;
/** 5.5: neither for nor against (paper, one-sided routing labels); where s and 11 - s meet, whatever the mapping. */
export const SCALE_MIDPOINT = (SCALE_MIN + SCALE_MAX) / 2;

/** +1: the principle is to be followed; -1: to be avoided. */
export type Sign = 1 | -1;
export type Direction = "follow" | "avoid";

/** The scale a judge is asked on: 1-10 or 1-100. */
export type AskedScale = 10 | 100;

/**
 * How answers on 1-100 become scores: `linear`, 1 -> 1 and 100 -> 10; `tenth`, divided by ten as in the paper's pipeline, so
 * that scores lie in [0.1, 10] and the avoid side, 11 - s, in [1, 10.9]. A difference of tenths times 10/11 (0.909) is one of
 * linear scores: s_linear = 1 + (10 s_tenth - 1) / 11.
 */
export type ScoreMapping = "linear" | "tenth";

/** A score under one mapping as the same answer's under another. */
export function remapped(score: number, from: ScoreMapping = "linear", to: ScoreMapping = "linear"): number {
  if (from === to) return score;
  return to === "linear" ? 1 + (10 * score - 1) / 11 : (11 * score - 10) / 10;
}

/** Least and largest number of a scale. */
export type Bounds = readonly [number, number];

/** The ends of scores under a mapping. */
export function scoreBounds(mapping: ScoreMapping | undefined): Bounds {
  return mapping === "tenth" ? [0.1, SCALE_MAX] : [SCALE_MIN, SCALE_MAX];
}

/** The ends of rewards, in which a score counts as it is or as 11 - s. */
export function rewardBounds(mapping: ScoreMapping | undefined): Bounds {
  const [low, high] = scoreBounds(mapping);
  return [Math.min(low, flip(high)), Math.max(high, flip(low))];
}

/** The most that a principle's side can bring. */
export function highestToward(sign: Sign, mapping: ScoreMapping | undefined): number {
  const [low, high] = scoreBounds(mapping);
  return sign === 1 ? high : flip(low);
}

/** The score of the opposite principle: 11 - s. `null` (missing) stays missing. */
export function flip(score: number): number;
export function flip(score: number | null): number | null;
export function flip(score: number | null): number | null {
  return score === null ? null : SCALE_MIN + SCALE_MAX - score;
}

/** s' of the reward: s for follow, 11 - s for avoid. */
export function toward(score: number, sign: Sign): number {
  return sign === 1 ? score : flip(score);
}

/** An answer on 1..`asked` as a score, linearly (1 -> 1, `asked` -> 10) unless told otherwise; `null` when it is off the scale. */
export function fromAsked(raw: number, asked: AskedScale, mapping?: ScoreMapping): number | null {
  if (!Number.isFinite(raw) || raw < 1 || raw > asked) return null;
  if (mapping === "tenth") return raw / 10;
  return SCALE_MIN + ((raw - 1) * (SCALE_MAX - SCALE_MIN)) / (asked - 1);
}

export function directionOf(sign: Sign): Direction {
  return sign === 1 ? "follow" : "avoid";
}

export function signOf(direction: Direction): Sign {
  return direction === "follow" ? 1 : -1;
}
