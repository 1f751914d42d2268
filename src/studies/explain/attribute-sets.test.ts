import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeSets, setProbabilities, sidesOf } from "./attribute-sets.ts";
import { expectedTerms, preferenceTerms, termCount } from "./preference-terms.ts";

const distributions = (size: number) =>
  fc
    .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: size, maxLength: size })
    .map((weights) => {
      const total = weights.reduce((sum, w) => sum + w, 0);
      return weights.map((w) => w / total);
    });

describe("sets of active attributes", () => {
  it.each([
    [4, 1, 8],
    [10, 1, 20],
    [4, 2, 24],
    [10, 2, 180],
  ])("of %d attributes, %d active: %d, all different", (k, m, count) => {
    const sets = attributeSets(k, m);
    expect(sets).toHaveLength(count);
    expect(new Set(sets.map(({ attributes }) => attributes.join())).size).toBe(count);
    for (const { attributes, sides } of sets) {
      expect(attributes.filter((a) => a !== 0)).toHaveLength(m);
      expect(sidesOf(attributes)).toEqual(sides);
    }
  });

  it("with one active attribute are as likely as their side", () => {
    fc.assert(
      fc.property(distributions(8), (sides) => {
        const likely = setProbabilities(sides, attributeSets(4, 1));
        for (const [i, p] of likely.entries()) expect(p).toBeCloseTo(sides[i]!, 12);
      }),
    );
  });

  it("with two are likely in such a way that every side is active as often as it should be", () => {
    fc.assert(
      fc.property(distributions(12), (sides) => {
        const sets = attributeSets(6, 2);
        const likely = setProbabilities(sides, sets);
        expect(likely.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        // Possible only where no attribute would have to be active for more than certain.
        fc.pre(sides.every((p, i) => p + sides[i ^ 1]! < 0.4));
        for (const [side, p] of sides.entries()) {
          const active = sets.reduce((sum, set, s) => sum + (set.sides.includes(side) ? likely[s]! : 0), 0);
          expect(active).toBeCloseTo(2 * p, 2);
        }
      }),
    );
  });

  it("that are certain stay certain", () => {
    const sides = [0.5, 0, 0, 0.5, 0, 0];
    const sets = attributeSets(3, 2);
    const likely = setProbabilities(sides, sets);
    expect(sets[likely.indexOf(Math.max(...likely))]?.attributes).toEqual([1, -1, 0]);
    expect(Math.max(...likely)).toBeCloseTo(1, 6);
  });
});

describe("terms of preferences", () => {
  it("are odd: the opposite user has the opposite terms", () => {
    for (const { attributes } of attributeSets(4, 2)) {
      const opposite = attributes.map((a) => (a === 0 ? 0 : -a) as 0 | 1 | -1);
      const [own, other] = [preferenceTerms(attributes, true), preferenceTerms(opposite, true)];
      expect(own).toHaveLength(termCount(4, true));
      for (const [t, term] of own.entries()) expect(term + other[t]!).toBe(0);
    }
  });

  it("expected of a certain user are the user's", () => {
    const sets = attributeSets(3, 2);
    const terms = sets.map(({ attributes }) => preferenceTerms(attributes, true));
    const certain = new Float64Array(sets.length);
    certain[5] = 1;
    expect(expectedTerms(certain, sets, terms)).toEqual(terms[5]);
  });
});
