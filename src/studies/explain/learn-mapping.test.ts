import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, rngOf, rootKey } from "../../core/random.ts";
import { SCALE_MIDPOINT } from "../../core/rating-scale.ts";
import { sampleWorld } from "../../world/mapping.ts";
import { targetsOf } from "../../world/targets.ts";
import { attributeSets } from "./attribute-sets.ts";
import { learnedPreferences, learnMapping, type MappingUsers } from "./learn-mapping.ts";
import { preferenceTerms } from "./preference-terms.ts";
import { bestStyle, expectedRewards, type StyleRatings } from "./style-ratings.ts";

const K = 4;

/** Following a principle is rated high on it and a little on the next one; avoiding it the other way round. */
const RATINGS: StyleRatings = {
  styles: 2 * K,
  principles: K,
  values: Float64Array.from({ length: 2 * K * K }, (_, i) => {
    const [style, principle] = [Math.floor(i / K), i % K];
    const size = principle === style >> 1 ? 3 : principle === ((style >> 1) + 1) % K ? 1 : 0;
    return style % 2 === 0 ? size : -0.8 * size;
  }),
};

function preferencesIn(seed: number, kind: "signed-permutation" | "gaussian", m: number) {
  const { matrix } = sampleWorld(seed, kind, K);
  return attributeSets(K, m).map(({ attributes }) => {
    const out = new Float64Array(K);
    for (const { principle, sign, weight } of targetsOf(matrix, attributes, m))
      out[principle] = sign * weight;
    return out;
  });
}

/** `each` users of every set, their rewards with noise and gaps. */
function usersOf(
  preferences: readonly Float64Array[],
  m: number,
  each: number,
  noise = 0,
  gaps = 0,
): MappingUsers {
  const rng = rngOf(fold(rootKey(1), "learn-mapping test"));
  const rows = attributeSets(K, m).flatMap(({ attributes }, s) =>
    Array.from({ length: each }, () => ({
      terms: preferenceTerms(attributes, m > 1),
      rewards: Array.from(expectedRewards(RATINGS, preferences[s]!), (r) =>
        rng.uniform() < gaps ? null : SCALE_MIDPOINT + r + noise * rng.normal(),
      ),
    })),
  );
  return { terms: rows.map((row) => row.terms), rewards: rows.map((row) => row.rewards) };
}

describe("a mapping learned from rewards", () => {
  it.each([
    ["signed-permutation", 1],
    ["gaussian", 1],
    ["signed-permutation", 2],
    ["gaussian", 2],
  ] as const)("is the true one without noise: %s, m = %d", (kind, m) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const truth = preferencesIn(seed, kind, m);
        const users = usersOf(truth, m, 40);
        const mapping = learnMapping(RATINGS, users, users, K);
        for (const [s, { attributes }] of attributeSets(K, m).entries()) {
          const own = learnedPreferences(mapping, preferenceTerms(attributes, m > 1));
          for (const [i, v] of own.entries()) expect(v).toBeCloseTo(truth[s]![i]!, 1);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("with noise and a third of the rewards missing still leads to the true styles, of users enough", () => {
    const truth = preferencesIn(3, "gaussian", 2);
    const users = usersOf(truth, 2, 400, 2, 1 / 3);
    const mapping = learnMapping(RATINGS, users, usersOf(truth, 2, 20, 2), K);
    const lost = attributeSets(K, 2).map(({ attributes }, s) => {
      const rewards = expectedRewards(RATINGS, truth[s]!);
      const chosen = bestStyle(RATINGS, learnedPreferences(mapping, preferenceTerms(attributes, true)));
      return Math.max(...rewards) - rewards[chosen]!;
    });
    expect(Math.max(...lost)).toBeLessThan(0.15);
  });

  it("prefers nothing where rewards say nothing", () => {
    const users = usersOf(
      attributeSets(K, 1).map(() => new Float64Array(K)),
      1,
      5,
    );
    const mapping = learnMapping(RATINGS, users, users, K);
    expect(Math.max(...mapping.weights.map(Math.abs))).toBeLessThan(1e-9);
  });

  it("leaves users without any reward out", () => {
    const truth = preferencesIn(2, "signed-permutation", 1);
    const users = usersOf(truth, 1, 5);
    const silent = { terms: users.terms, rewards: users.rewards.map((row) => row.map(() => null)) };
    const both = { terms: [...users.terms, ...silent.terms], rewards: [...users.rewards, ...silent.rewards] };
    expect(learnMapping(RATINGS, both, users, K)).toEqual(learnMapping(RATINGS, users, users, K));
  });
});
