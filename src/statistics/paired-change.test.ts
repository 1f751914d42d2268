import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../../test/reference/paired-answers.json" with { type: "json" };
import { rngOf, rootKey } from "../core/random.ts";
import { pairedChangeInterval } from "./paired-change.ts";

const singles = (gained: number, lost: number, pairs: number): readonly [number, number] => {
  const values = Array.from({ length: pairs }, (_, i) => (i < gained ? 1 : i < gained + lost ? -1 : 0));
  return pairedChangeInterval(
    values,
    values.map(() => 1),
  ) as readonly [number, number];
};

describe("the interval of a paired change", () => {
  it("agrees with the table's formula where every cluster is one pair", () => {
    for (const [gained, lost, pairs, [low, high]] of reference.wald as [number, number, number, number[]][]) {
      const found = singles(gained, lost, pairs);
      expect(found[0]).toBeCloseTo(low as number, 12);
      expect(found[1]).toBeCloseTo(high as number, 12);
    }
  });

  it("agrees with NumPy for clusters of different size", () => {
    const { values, wald } = reference.clusters;
    const found = pairedChangeInterval(
      values.map((v) => v.reduce((a, b) => a + b, 0)),
      values.map((v) => v.length),
    ) as readonly [number, number];
    for (const side of [0, 1] as const) {
      expect(found[side]).toBeCloseTo(wald[side] as number, 12);
    }
  });

  it("has width where nothing differs, holds 0 there, and turns round with its sides", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 200 }), (gained, lost, others) => {
        const pairs = gained + lost + others;
        const [low, high] = singles(gained, lost, pairs);
        expect(high).toBeGreaterThan(low);
        const [turnedLow, turnedHigh] = singles(lost, gained, pairs);
        expect(turnedLow).toBeCloseTo(-high, 12);
        expect(turnedHigh).toBeCloseTo(-low, 12);
      }),
    );
    const [low, high] = singles(0, 0, 64);
    expect(low).toBeCloseTo(-high, 12);
  });

  it("covers the true change about as often as it says, within clusters, too", () => {
    const rng = rngOf(rootKey("coverage"));
    let [covered, naive] = [0, 0];
    const trials = 600;
    for (let t = 0; t < trials; t++) {
      const sums = Array.from({ length: 80 }, () => {
        const loss = 0.2 * rng.uniform();
        return -Array.from({ length: 8 }, () => Number(rng.uniform() < loss)).reduce((a, b) => a + b, 0);
      });
      const [low, high] = pairedChangeInterval(
        sums,
        sums.map(() => 8),
      ) as readonly [number, number];
      if (low <= -0.1 && -0.1 <= high) covered++;
      const total = -sums.reduce((a, b) => a + b, 0);
      const [l, h] = singles(0, total, 640);
      if (l <= -0.1 && -0.1 <= h) naive++;
    }
    expect(covered / trials).toBeGreaterThan(0.92);
    expect(covered / trials).toBeLessThan(0.98);
    expect(naive).toBeLessThan(covered);
  });

  it("is missing without a pair, and refuses lists of different length", () => {
    expect(pairedChangeInterval([], [])).toBeNull();
    expect(() => pairedChangeInterval([1], [])).toThrow(RangeError);
  });
});
