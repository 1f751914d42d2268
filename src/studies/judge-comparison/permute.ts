import { type Key, rngOf } from "../../core/random.ts";
import type { JudgeScores, PairScores } from "./scores.ts";

/**
 * Two-sided p-value of each judge's mean correlation over pairs, under the hypothesis that s+ and s- have nothing to
 * do with each other: conversations of s- are permuted among those of their pair; pairs that share conversations
 * together, for they are not independent. With random permutations p = (1 + #{as extreme}) / (1 + permutations)
 * (Phipson & Smyth, 2010), never 0. A pair with a constant side is left out; `null` when none is left.
 */
export function meanCorrelationPValues(
  judges: readonly JudgeScores[],
  key: Key,
  permutations: number,
): (number | null)[] {
  const order = new Map<string, number>();
  for (const { pairs } of judges) {
    for (const { conversations } of pairs) {
      for (const name of conversations) if (!order.has(name)) order.set(name, order.size);
    }
  }
  const prepared = judges.map(({ pairs }) =>
    pairs.map((scores) => standardisePair(scores, order)).filter(isKnown),
  );
  const statistics = prepared.map((pairs) =>
    Math.abs(pairs.reduce((sum, pair) => sum + correlate(pair, identity), 0)),
  );
  const extreme = judges.map(() => 0);

  const rng = rngOf(key);
  const everyone = Array.from({ length: order.size }, (_, i) => i);
  for (let draw = 0; draw < permutations; draw++) {
    const shuffled = rng.shuffle(everyone);
    prepared.forEach((pairs, judge) => {
      const permuted = Math.abs(
        pairs.reduce((sum, pair) => sum + correlate(pair, permutationOf(pair, shuffled)), 0),
      );
      if (permuted >= statistics[judge]! - 1e-12) extreme[judge]!++;
    });
  }
  return prepared.map((pairs, judge) =>
    pairs.length === 0 ? null : (1 + extreme[judge]!) / (1 + permutations),
  );
}

interface StandardPair {
  /** Each side centred and of length 1: their product is the correlation. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  /** By conversation: its place in this pair, or -1. */
  readonly place: Int32Array;
}

const identity = (i: number): number => i;

function correlate({ positive, negative }: StandardPair, partner: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < positive.length; i++) sum += positive[i]! * negative[partner(i)]!;
  return sum;
}

/** The shuffled order of all conversations, restricted to those of the pair. */
function permutationOf({ place }: StandardPair, shuffled: readonly number[]): (i: number) => number {
  const partners: number[] = [];
  for (const conversation of shuffled) if (place[conversation]! >= 0) partners.push(place[conversation]!);
  return (i) => partners[i] as number;
}

function standardisePair(scores: PairScores, order: ReadonlyMap<string, number>): StandardPair | null {
  const positive = standardise(scores.positive);
  const negative = standardise(scores.negative);
  if (!positive || !negative) return null;
  const place = new Int32Array(order.size).fill(-1);
  scores.conversations.forEach((name, i) => {
    place[order.get(name) as number] = i;
  });
  return { positive, negative, place };
}

function standardise(values: Float64Array): Float64Array | null {
  if (values.every((value) => value === values[0])) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.hypot(...centred);
  return centred.map((value) => value / length);
}

function isKnown<T>(value: T | null): value is T {
  return value !== null;
}
