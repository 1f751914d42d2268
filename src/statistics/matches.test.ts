import { describe, expect, test } from "vitest";
import reference from "../../test/reference/audit.json" with { type: "json" };
import { atLeast, binomial, middleRange, rateInterval, signedMatches, sumOfHits } from "./matches.ts";

/** By counting all signed permutations. */
function counted(k: number, columns: readonly number[]): number[] {
  const hits = new Array<number>(columns.length + 1).fill(0);
  let all = 0;
  const go = (row: number, taken: readonly number[], found: number): void => {
    if (row === k) {
      hits[found]!++;
      all++;
      return;
    }
    for (let column = 0; column < k; column++) {
      if (taken.includes(column)) continue;
      for (const sign of [1, -1])
        go(row + 1, [...taken, column], found + (sign === 1 && columns[row] === column ? 1 : 0));
    }
  };
  go(0, [], 0);
  return hits.map((n) => n / all);
}

describe("hits of a guess by chance", () => {
  test.each([
    [1, [0]],
    [3, [0, 1, 2]],
    [4, [2, 0, 3, 1]],
    [4, [1, 1, 0]],
    [5, [4, 4, 4, 4, 4]],
    [5, []],
  ])("of %d, claims %j: as counted one by one", (k, columns) => {
    const expected = counted(k, columns);
    const made = signedMatches(k, columns);
    for (const [hits, p] of expected.entries()) expect(made[hits] ?? 0).toBeCloseTo(p, 12);
  });

  test("are q / 2K in the mean, whatever K", () => {
    for (const k of [2, 10, 25]) {
      const all = signedMatches(
        k,
        Array.from({ length: k }, (_, i) => i),
      );
      expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
      expect(all.reduce((sum, p, hits) => sum + p * hits, 0)).toBeCloseTo(0.5, 10);
    }
  });

  test("independent ones are binomial", () => {
    for (const [hits, p] of binomial(3, 0.05).entries()) expect(p).toBeCloseTo(reference.binomial[hits]!, 15);
    expect(atLeast(binomial(30, 0.1), 5)).toBeCloseTo(reference.atLeast, 12);
    expect(middleRange(binomial(50, 0.05))).toEqual(reference.middleRange);
    expect(sumOfHits([binomial(2, 0.3), binomial(3, 0.3)])[4]).toBeCloseTo(binomial(5, 0.3)[4]!, 15);
  });

  test("nothing is certain where nothing was asked", () => {
    expect(sumOfHits([])).toEqual([1]);
    expect(middleRange([1])).toEqual([0, 0]);
    expect(atLeast([1], 0)).toBe(1);
    expect(rateInterval(0, 0)).toBeNull();
  });

  test.each(reference.intervals)("the exact interval of $hits in $trials is SciPy's", (wanted) => {
    const { hits, trials, low, high } = wanted;
    const made = rateInterval(hits, trials)!;
    expect(made[0]).toBeCloseTo(low, 10);
    expect(made[1]).toBeCloseTo(high, 10);
  });
});
