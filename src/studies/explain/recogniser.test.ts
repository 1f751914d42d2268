import { describe, expect, it } from "vitest";
import { attributeSets } from "./attribute-sets.ts";
import { namedSides, recogniseAttributes } from "./recogniser.ts";

const SETS = attributeSets(2, 1);
const WORDS = [
  "gladly gladly indeed",
  "grumbling grumbling so",
  "precisely measured terms",
  "whatever roughly maybe",
];

const usersOf = (count: number, tell: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({
    profile: { id: `${i}`, split: "train" as const, attributes: SETS[i % 4]!.attributes },
    text: { id: `${i}`, history: [tell(i)], prompt: "" },
  }));

describe("the recogniser", () => {
  it("reads attributes that the words show, also of users whom it has not seen", () => {
    const shown = (i: number) => `${WORDS[i % 4]} about subject ${i % 7}`;
    const [train, validation, test] = [usersOf(80, shown), usersOf(20, shown), usersOf(40, shown)];
    const found = recogniseAttributes(train, validation, test);
    for (const [users, seen] of [
      [train, found.train],
      [validation, found.validation],
      [test, found.test],
    ] as const) {
      expect(seen).toHaveLength(users.length);
      for (const [u, probabilities] of seen.entries()) {
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        expect(namedSides(probabilities, users[u]!.profile.attributes)).toEqual([u % 4]);
      }
    }
  });

  it("sees a train user as it would see a test user: what was learnt by heart does not count", () => {
    const alone = (i: number) => `word${i} word${i} word${i} other${(i * 7) % 13}`;
    const train = usersOf(60, alone);
    const found = recogniseAttributes(
      train,
      usersOf(20, (i) => alone(i + 100)),
      train,
    );
    const right = (seen: readonly Float64Array[]) =>
      seen.filter((p, u) => namedSides(p, train[u]!.profile.attributes)[0] === u % 4).length / 60;
    expect(right(found.train)).toBeLessThan(0.5);
  });

  it("names as many sides as the user has, one an attribute", () => {
    expect(namedSides(Float64Array.of(0.4, 0.3, 0.2, 0.1), [1, -1])).toEqual([0, 2]);
    expect(namedSides(Float64Array.of(0.4, 0.3, 0.2, 0.1), [0, 1])).toEqual([0]);
  });
});
