import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ratingFiles, ratings } from "../../../test/support/made-up-studies.ts";
import { expectClose, expectSelection } from "../../../test/support/study-expectations.ts";
import { rngOf, rootKey } from "../../core/random.ts";
import { parseNames, pickNames } from "./names.ts";
import { nameRatings, type RatingMatrix, ratingsFromNpy } from "./ratings.ts";
import { distinctRepresentatives } from "./rotate.ts";
import { selectAttributes } from "./select.ts";

/** Ratings of `rows` texts: `factors` independent traits, each seen by `each` candidates, the second one reversed. */
function factorRatings(seed: number, rows: number, factors: number, each: number): RatingMatrix {
  const rng = rngOf(rootKey(seed));
  const names = Array.from({ length: factors * each }, (_, i) => `f${Math.floor(i / each)}-${i % each}`);
  const values = new Float64Array(rows * names.length);
  for (let row = 0; row < rows; row++) {
    const traits = Array.from({ length: factors }, () => rng.normal());
    names.forEach((_, i) => {
      const sign = i % each === 1 ? -1 : 1;
      const score = Math.round(5.5 + 2 * sign * traits[Math.floor(i / each)]! + rng.normal());
      values[row * names.length + i] = Math.max(1, Math.min(10, score));
    });
  }
  return { names, rows, values, belowScale: 0 };
}

describe("made-up ratings with what NumPy finds in them", () => {
  const bytes = ratingFiles["ratings.npy"] as Uint8Array;
  const raw = ratingsFromNpy(bytes, "ratings.npy");
  const { names } = pickNames(
    parseNames(JSON.parse(ratingFiles["candidates.json"] as string), "n"),
    raw.columns,
    undefined,
    "n",
  );
  const select = () => selectAttributes(nameRatings(raw, names, "r"), rootKey(0), { ks: [3] });
  const result = select();

  test("kept set, scores, eigenvalues, ceiling and solutions agree", () => {
    expect(result.removed).toEqual(["flat 0", "flat 1"]);
    expect(result.solutions.map(({ k }) => k)).toEqual([2, 3, 4]);
    expectSelection(result, ratings);
    expect(result.explainedVariance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test("thresholds are those of drawn and correlated data, up to what 100 draws can say", () => {
    expectClose(result.threshold95, ratings.threshold95, 0.05);
  });

  test("the map places every kept candidate, and the same each time", () => {
    expect(result.map.points.map(({ name }) => name)).toEqual(result.kept);
    expect(select()).toEqual(result);
  });
});

describe("made-up ratings", () => {
  test("as many components as there are traits, one representative for each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.integer(), (factors, seed) => {
        const result = selectAttributes(factorRatings(seed, 400, factors, 4), rootKey(seed), {
          ks: [factors],
        });
        expect(result.ceiling).toBe(factors);
        const solution = result.solutions.find(({ k }) => k === factors)!;
        const represented = solution.components.map(({ representative }) => representative.split("-")[0]);
        expect(new Set(represented).size).toBe(factors);
        for (const { top } of solution.components) {
          const trait = top[0]!.name.split("-")[0]!;
          expect(top.slice(0, 4).every(({ name }) => name.startsWith(trait))).toBe(true);
          const reversed = top.find(({ name }) => name === `${trait}-1`)!;
          const straight = top.find(({ name }) => name === `${trait}-0`)!;
          expect(reversed.loading * straight.loading).toBeLessThan(0);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("noise has a ceiling of 0 or, one time in twenty, a little more", () => {
    const ceilings = Array.from({ length: 60 }, (_, seed) => {
      const rng = rngOf(rootKey(seed));
      const values = Float64Array.from({ length: 200 * 8 }, () => 1 + rng.int(10));
      const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
      return selectAttributes({ names, rows: 200, values, belowScale: 0 }, rootKey(seed)).ceiling;
    });
    expect(ceilings.filter((ceiling) => ceiling > 0).length).toBeLessThan(10);
  });

  test("constant and hardly varying candidates are removed, whatever the threshold", () => {
    const ratings = factorRatings(1, 100, 2, 2);
    for (let row = 0; row < 100; row++) ratings.values[row * 4] = 7;
    expect(selectAttributes(ratings, rootKey(0), { entropy: 0 }).removed).toEqual(["f0-0"]);
    expect(() => selectAttributes(ratings, rootKey(0), { entropy: 5 })).toThrow(
      /0 of 4 candidates .*highest: [23]/,
    );
  });

  test("rows with a gap are left out and counted; too many gaps are an error that names the worst", () => {
    const ratings = factorRatings(2, 100, 2, 2);
    ratings.values[0] = Number.NaN;
    ratings.values[5] = Number.NaN;
    const { droppedRows, rows, candidates } = selectAttributes(ratings, rootKey(0));
    expect([droppedRows, rows]).toEqual([2, 98]);
    expect(candidates.map(({ missing }) => missing)).toEqual([1, 1, 0, 0]);
    for (let row = 0; row < 60; row++) ratings.values[row * 4 + 2] = Number.NaN;
    expect(() => selectAttributes(ratings, rootKey(0))).toThrow(/only 40 of 100 rows .* f1-0 \(60\)/);
  });

  test("a candidate that varies only in dropped rows is an error that names it", () => {
    const ratings = factorRatings(3, 40, 2, 2);
    for (let row = 0; row < 40; row++) {
      ratings.values[row * 4] = row < 10 ? 1 + row : 5;
      if (row < 10) ratings.values[row * 4 + 3] = Number.NaN;
    }
    expect(() => selectAttributes(ratings, rootKey(0), { entropy: 1 })).toThrow(/"f0-0" does not vary/);
  });

  test("more candidates than texts, and real-valued scores, are fine", () => {
    const ratings = factorRatings(4, 12, 5, 4);
    const values = ratings.values.map((score, i) => Math.min(10, score + (i % 7) / 10));
    const result = selectAttributes({ ...ratings, values }, rootKey(0), { entropy: 1 });
    expect(result.eigenvalues.length).toBe(result.kept.length);
    expect(result.eigenvalues.at(-1)).toBeLessThan(1e-10);
    expect(result.threshold95.at(-1)).toBeLessThan(1e-10);
  });

  test("an impossible k is an error", () => {
    for (const k of [0, 1.5, 5]) {
      expect(() => selectAttributes(factorRatings(5, 50, 2, 2), rootKey(0), { ks: [k] })).toThrow(
        /components cannot/,
      );
    }
  });
});

test("two components with one strongest candidate get representatives of their own", () => {
  const columns = [
    Float64Array.of(0.9, 0.2, 0.5),
    Float64Array.of(-0.95, 0.3, 0.1),
    Float64Array.of(0, 0.29, 0.6),
  ];
  expect(distinctRepresentatives(columns)).toEqual([1, 0, 2]);
});
