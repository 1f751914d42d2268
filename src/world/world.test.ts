import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../core/errors.ts";
import { checkMapping, sampleWorld, stackedIn } from "./mapping.ts";
import { reward } from "./reward.ts";
import { preferences, targetsOf } from "./targets.ts";

const sizes = fc.integer({ min: 2, max: 12 });
const seeds = fc.integer({ min: 0, max: 1e6 });

describe("mappings", () => {
  it("signed permutations have one ±1 in each row and column", () => {
    fc.assert(
      fc.property(sizes, seeds, (k, seed) => {
        const { matrix } = sampleWorld(seed, "signed-permutation", k);
        for (let i = 0; i < k; i++) {
          expect(matrix[i]!.filter((x) => Math.abs(x) === 1)).toHaveLength(1);
          expect(matrix.filter((row) => Math.abs(row[i]!) === 1)).toHaveLength(1);
          expect(matrix[i]!.filter((x) => x === 0)).toHaveLength(k - 1);
        }
      }),
    );
  });

  it("stacked permutations have k entries of ±1 in each row and column", () => {
    const stacks = sizes.chain((k) => fc.tuple(fc.constant(k), fc.integer({ min: 1, max: k })));
    fc.assert(
      fc.property(stacks, seeds, ([k, stacked], seed) => {
        const { matrix } = sampleWorld(seed, "stacked-permutation", k, stacked);
        for (let i = 0; i < k; i++) {
          expect(matrix[i]!.filter((x) => Math.abs(x) === 1)).toHaveLength(stacked);
          expect(matrix.filter((row) => Math.abs(row[i]!) === 1)).toHaveLength(stacked);
          expect(matrix[i]!.filter((x) => x === 0)).toHaveLength(k - stacked);
        }
        expect(sampleWorld(seed, "stacked-permutation", k, stacked).matrix).toEqual(matrix);
        expect(stackedIn(matrix)).toBe(stacked);
      }),
    );
  });

  it("stacked permutations take every place and sign equally often", () => {
    const [k, stacked, draws] = [4, 2, 4000];
    const counts = new Float64Array(2 * k * k);
    for (let seed = 0; seed < draws; seed++) {
      for (const [i, row] of sampleWorld(seed, "stacked-permutation", k, stacked).matrix.entries()) {
        for (const [j, x] of row.entries()) if (x !== 0) counts[2 * (k * i + j) + (x === 1 ? 1 : 0)]! += 1;
      }
    }
    // Each of the 32 places and signs is taken with probability 2/4 * 1/2; five standard deviations of a binomial.
    for (const n of counts)
      expect(Math.abs(n - draws / 4)).toBeLessThan(5 * Math.sqrt(draws * (1 / 4) * (3 / 4)));
  });

  it("are the same for the same seed, and pinned", () => {
    expect(sampleWorld(1, "signed-permutation", 3).matrix).toEqual(PINNED);
    expect(sampleWorld(5, "gaussian", 4)).toEqual(sampleWorld(5, "gaussian", 4));
    expect(sampleWorld(5, "gaussian", 4)).not.toEqual(sampleWorld(6, "gaussian", 4));
  });

  it("put every column and sign anywhere equally often", () => {
    const counts = new Float64Array(8);
    for (let seed = 0; seed < 8000; seed++) {
      const row = sampleWorld(seed, "signed-permutation", 4).matrix[0]!;
      const column = row.findIndex((x) => x !== 0);
      counts[2 * column + (row[column] === 1 ? 1 : 0)]! += 1;
    }
    const chi = counts.reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(24.3); // 0.999 quantile of chi-square with 7 degrees of freedom
  });

  it.each([
    ["a list of rows", { a: 1 }, "mapping.json"],
    ["3 rows", [[1], [1], [1]], "mapping.json"],
    ["row 2 has 1 entries", [[1, 0], [1]], "mapping.json, row 2"],
    [
      "not a finite number",
      [
        [1, 0],
        [0, "x"],
      ],
      "mapping.json, row 2, column 2",
    ],
    [
      "column 2 is all zero",
      [
        [1, 0],
        [1, 0],
      ],
      "mapping.json, column 2",
    ],
  ])("name what is wrong with a file: %s", (message, value, where) => {
    expect(() => checkMapping(value, 2, "mapping.json")).toThrow(UsageError);
    expect(() => checkMapping(value, 2, "mapping.json")).toThrow(message);
    expect(() => checkMapping(value, 2, "mapping.json")).toThrow(expect.objectContaining({ where }));
  });
});

describe("targets", () => {
  it("follow p = C a", () => {
    const c = [
      [0, -1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ];
    expect(preferences(c, [0, -1, 0])).toEqual([1, 0, 0]);
    expect(targetsOf(c, [0, -1, 0], 1)).toEqual([{ principle: 0, sign: 1, weight: 1 }]);
    expect(targetsOf(c, [1, 0, -1], 2)).toEqual([
      { principle: 1, sign: 1, weight: 0.5 },
      { principle: 2, sign: -1, weight: 0.5 },
    ]);
    expect(targetsOf(c, [1, 0, 0], 3)).toHaveLength(1);
  });

  it("take the n largest of a dense mapping, weights summing to 1", () => {
    fc.assert(
      fc.property(sizes, seeds, (k, seed) => {
        const { matrix } = sampleWorld(seed, "gaussian", k);
        const a = Array.from({ length: k }, (_, i) => (i === seed % k ? 1 : 0) as 0 | 1);
        const targets = targetsOf(matrix, a, 2);
        const p = preferences(matrix, a)
          .map(Math.abs)
          .sort((x, y) => y - x);
        expect(targets.reduce((sum, t) => sum + t.weight, 0)).toBeCloseTo(1, 12);
        expect(targets[0]!.weight / targets[1]!.weight).toBeCloseTo(p[0]! / p[1]!, 9);
      }),
    );
  });
});

describe("reward", () => {
  const targets = [
    { principle: 0, sign: 1 as const, weight: 0.75 },
    { principle: 2, sign: -1 as const, weight: 0.25 },
  ];
  it("weighs scores toward the user's directions", () => {
    expect(reward(targets, (i) => [8, 1, 3][i] ?? null)).toBe(0.75 * 8 + 0.25 * (11 - 3));
  });
  it("is missing when a weighed score is missing, and only then", () => {
    expect(reward(targets, (i) => [8, null, 3][i] ?? null)).not.toBeNull();
    expect(reward(targets, (i) => [8, 1, null][i] ?? null)).toBeNull();
  });
  it("of opposite users sums to 11", () => {
    const opposite = targets.map((t) => ({ ...t, sign: -t.sign as 1 | -1 }));
    const score = (i: number) => [7.3, 2, 4.1][i] ?? null;
    expect(reward(targets, score)! + reward(opposite, score)!).toBeCloseTo(11, 12);
  });
});

const PINNED = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
];
