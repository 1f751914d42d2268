import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectClose, expectSelection } from "../../../test/support/study-expectations.ts";
import { rootKey } from "../../core/random.ts";
import { parseNames, pickNames } from "./names.ts";
import { nameRatings, ratingsFromNpy } from "./ratings.ts";
import { selectAttributes } from "./select.ts";
import reference from "./selection.reference.json" with { type: "json" };

const shared = "../shared/reference-data";
const file = `${shared}/response-ratings-glm-4.5-air-1000x112.npy`;
const namesFile = `${shared}/candidate-attributes.json`;

describe("the real 1,000 x 112 ratings", () => {
  const raw = ratingsFromNpy(readFileSync(file), file);
  const { names } = pickNames(
    parseNames(JSON.parse(readFileSync(namesFile, "utf8")), "n"),
    raw.columns,
    undefined,
    "n",
  );
  const result = selectAttributes(nameRatings(raw, names, file), rootKey(0), { ks: [3] });

  test("kept set, scores, eigenvalues, ceiling and the solutions at k = 2, 4, ..., 10 agree with NumPy", () => {
    expect(result.candidates.length).toBe(112);
    expect(result.solutions.map(({ k }) => k)).toEqual([2, 3, 4, 6, 8, 10]);
    expectSelection(result, reference);
    expect(result.explainedVariance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const { redundant } of result.solutions.filter(({ k }) => k % 2 === 0))
      expect(redundant).toEqual([]);
  });

  test("thresholds are those of drawn and correlated data, up to what 100 draws can say", () => {
    expectClose(result.threshold95, reference.threshold95, 0.02);
  });

  test("antonyms are checked against the ratings", () => {
    const found = result.antonyms.find(
      ({ pair }) => pair.join() === "emotionally neutral,appeals to emotion",
    );
    expect(found!.correlation).toBeCloseTo(-0.647, 2);
    const { opposed, together, apart } = result.solutions.at(-1)!.antonyms;
    expect(opposed + together + apart).toBe(result.antonyms.length);
    expect(opposed).toBeGreaterThan(5 * together);
  });

  test("the map places every kept candidate, and the same each time", () => {
    expect(result.map.points.map(({ name }) => name)).toEqual(result.kept);
    const again = selectAttributes(nameRatings(raw, names, file), rootKey(0), { ks: [3] });
    expect(again).toEqual(result);
  });
});
