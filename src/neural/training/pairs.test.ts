import { describe, expect, it } from "vitest";
import { batchShapes, type EncodedPair } from "./pairs.ts";

/** As many pairs of each length; the answers are half of it. */
const pairsOf = (lengths: readonly number[], each: number): EncodedPair[] =>
  lengths.flatMap((length) =>
    Array.from({ length: each }, () => {
      const [prompt, chosen] = [Math.ceil(length / 2), Math.floor(length / 2)].map((n) => Array(n).fill(7));
      return { embedded: Float32Array.of(1), prompt: prompt!, chosen: chosen!, rejected: chosen!.slice(1) };
    }),
  );

describe("shapes of batches", () => {
  it("hold every pair behind its soft prompt, and are multiples of 64", () => {
    const pairs = pairsOf([40, 127, 128, 300], 5);
    const shapes = batchShapes(pairs, 1, 100);
    for (const { length, answer } of shapes) expect([length % 64, answer % 64]).toEqual([0, 0]);
    for (const { prompt, chosen } of pairs) {
      const shape = shapes.find(({ length }) => length > prompt.length + chosen.length);
      expect(shape?.answer).toBeGreaterThanOrEqual(chosen.length);
    }
  });

  it("are one where a further one would not pay, three at most, and two where sequences are long", () => {
    const lengths = [50, 100, 180, 250, 310, 380, 440, 500];
    const count = (longer: number, each: number): number =>
      batchShapes(pairsOf([...lengths, longer], each), 1, 10).length;
    expect(count(505, 1)).toBe(1);
    expect(count(505, 500)).toBe(3);
    expect(count(1000, 500)).toBe(2);
    expect(batchShapes([], 1, 10)).toEqual([]);
  });
});
