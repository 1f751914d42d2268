import { type Key, rngOf } from "../../core/random.ts";
import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import type { JudgeScores } from "./scores.ts";

/** Balance and correlation of every judge and pair under every resample; NaN where undefined. */
export interface Resampled {
  balance(judge: number, pair: number): Float64Array;
  correlation(judge: number, pair: number): Float64Array;
}

/**
 * Bootstrap clustered on conversations (Efron & Tibshirani, 1993, chapter 8): conversations are drawn with
 * replacement, and a conversation brings the scores of all judges on all its pairs, so that differences between judges
 * are paired. Pairs that share no conversation are sets of their own, each drawn from for itself and as often as it is
 * large: six pairs with 160 texts each are six draws of 160, not one of 960 that would give a pair now 140, now 180.
 */
export function resampleConversations(
  judges: readonly JudgeScores[],
  key: Key,
  resamples: number,
): Resampled {
  const sets = textSets(judges.flatMap(({ pairs }) => pairs.map(({ conversations }) => conversations)));
  const ids = new Map(sets.flat().map((name, i) => [name, i]));
  const indexed = judges.map((judge) =>
    judge.pairs.map((scores) => ({
      ...scores,
      index: Uint32Array.from(scores.conversations, (name) => ids.get(name) as number),
      balances: new Float64Array(resamples),
      correlations: new Float64Array(resamples),
    })),
  );
  const rng = rngOf(key);
  const draws = new Uint16Array(ids.size);
  for (let b = 0; b < resamples; b++) {
    draws.fill(0);
    let start = 0;
    for (const { length } of sets) {
      for (let i = 0; i < length; i++) draws[start + rng.int(length)]!++;
      start += length;
    }
    for (const { positive, negative, index, balances, correlations } of indexed.flat()) {
      let [n, off, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < index.length; i++) {
        const weight = draws[index[i]!]!;
        // Around the middle of the scale, so that the sums of squares lose nothing.
        const s = positive[i]! - SCALE_MIDPOINT;
        const t = negative[i]! - SCALE_MIDPOINT;
        n += weight;
        off += weight * Math.abs(s + t); // s + t is s+ + s- - 11
        x += weight * s;
        y += weight * t;
        xx += weight * s * s;
        yy += weight * t * t;
        xy += weight * s * t;
      }
      balances[b] = off / n;
      const [vx, vy] = [n * xx - x * x, n * yy - y * y];
      const varies = vx > 1e-12 * n * xx && vy > 1e-12 * n * yy;
      correlations[b] = varies ? (n * xy - x * y) / Math.sqrt(vx * vy) : Number.NaN;
    }
  }
  return {
    balance: (judge, pair) => indexed[judge]![pair]!.balances,
    correlation: (judge, pair) => indexed[judge]![pair]!.correlations,
  };
}

/** The conversations in sets: two are of one set when a chain of lists that share a conversation links them. */
function textSets(lists: readonly (readonly string[])[]): string[][] {
  const setOf = new Map<string, Set<string>>();
  for (const list of lists) {
    const joined = new Set(list.map((name) => setOf.get(name)).filter((set) => set !== undefined));
    const merged = new Set([...[...joined].flatMap((set) => [...set]), ...list]);
    for (const name of merged) setOf.set(name, merged);
  }
  return [...new Set(setOf.values())].map((set) => [...set]);
}
