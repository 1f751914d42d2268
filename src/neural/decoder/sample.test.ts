import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../../core/random.ts";
import { describeChoice, GREEDY, logSumExp, type Sampling, sampleToken } from "./sample.ts";

const logitsOf = fc.array(fc.float({ min: -12, max: 12, noNaN: true }), { minLength: 1, maxLength: 40 });
const samplings: fc.Arbitrary<Sampling> = fc.record({
  temperature: fc.double({ min: 0.1, max: 3, noNaN: true }),
  topK: fc.nat(20),
  topP: fc.double({ min: 0.05, max: 1, noNaN: true }),
  minP: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

/** The tokens that may be drawn, by the definitions, with their probabilities before the cuts. */
function allowed(
  logits: readonly number[],
  { temperature, topK, topP, minP }: Sampling,
): Map<number, number> {
  const weights = logits.map((l) => Math.exp((l - Math.max(...logits)) / temperature));
  let ids = logits.map((_, i) => i).sort((a, b) => weights[b]! - weights[a]! || a - b);
  if (topK > 0) ids = ids.slice(0, topK);
  const total = ids.reduce((sum, i) => sum + weights[i]!, 0);
  const nucleus: number[] = [];
  let reached = 0;
  for (const i of ids) {
    if (topP < 1 && reached >= topP * total * (1 + 1e-12)) break;
    reached += weights[i]!;
    nucleus.push(i);
  }
  return new Map(nucleus.filter((i) => weights[i]! >= minP).map((i) => [i, weights[i]!]));
}

describe("sampling", () => {
  it("draws only what top-k, top-p and min-p leave", () => {
    fc.assert(
      fc.property(logitsOf, samplings, fc.integer(), (logits, sampling, seed) => {
        const id = sampleToken(Float32Array.from(logits), sampling, rngOf(rootKey(seed)));
        expect(allowed(logits, sampling).has(id)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("takes top-p of what top-k leaves, though few tokens are probable", () => {
    // Eleven of weight 1 and one of 0.8182: top-k drops that one, and 17 % of 11 are two tokens, of 11.8 three.
    const logits = [-0.020067069679498672, ...Array.from({ length: 11 }, () => 0)];
    const sampling = { temperature: 0.1, topK: 11, topP: 0.16923076924638472, minP: 0 };
    const drawn = new Set<number>();
    const rng = rngOf(rootKey(6));
    for (let i = 0; i < 200; i++) drawn.add(sampleToken(Float32Array.from(logits), sampling, rng));
    expect([...drawn].sort()).toEqual([1, 2]);
  });

  it("draws as often as the probabilities say", () => {
    const logits = [1, 0.2, -0.5, 2, -3, 0.9];
    const sampling = { temperature: 0.8, topK: 5, topP: 0.97, minP: 0.02 };
    const expected = allowed(logits, sampling);
    const total = [...expected.values()].reduce((a, b) => a + b, 0);
    const rng = rngOf(rootKey(3));
    const counts = new Map<number, number>();
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      const id = sampleToken(Float32Array.from(logits), sampling, rng);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [id, weight] of expected) {
      const p = weight / total;
      // Five standard deviations of a share.
      expect(Math.abs(counts.get(id)! / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    }
  });

  it("takes the first of the most probable at temperature 0, without a draw", () => {
    const rng = rngOf(rootKey(1));
    expect(sampleToken(Float32Array.of(1, 3, 3, 2), GREEDY, rng)).toBe(1);
    expect(rng.uniform()).toBe(rngOf(rootKey(1)).uniform());
  });

  it("describes a choice by log-probabilities, best first", () => {
    fc.assert(
      fc.property(logitsOf, fc.nat(8), (list, count) => {
        const logits = Float32Array.from(list);
        const norm = Math.log(list.reduce((sum, l) => sum + Math.exp(l), 0));
        expect(logSumExp(logits)).toBeCloseTo(norm, 9);
        const { logprob, top } = describeChoice(logits, 0, count);
        expect(logprob).toBeCloseTo(logits[0]! - norm, 9);
        const sorted = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, count);
        expect(top.map((t) => t.id)).toEqual(sorted);
        for (const t of top) expect(t.logprob).toBeCloseTo(logits[t.id]! - norm, 9);
      }),
    );
  });
});
