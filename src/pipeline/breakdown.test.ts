import { describe, expect, it } from "vitest";
import type { StyleLabel, Target } from "../core/artifacts.ts";
import { breakdown } from "./breakdown.ts";

const pool = { attributes: ["anxious", "verbose"], principles: ["gentle", "casual"] };
const gentle = (sign: 1 | -1): Target[] => [{ principle: 0, sign, weight: 1 }];
const casual = (sign: 1 | -1): Target[] => [{ principle: 1, sign, weight: 1 }];
/** Two worlds, three users. */
const outcomes = [
  { targets: [gentle(1), gentle(1), casual(-1)], baseline: [5, 5, 5] },
  { targets: [casual(1), casual(1), gentle(-1)], baseline: [5, null, 5] },
].map((o, w) => ({
  ...o,
  world: { seed: w, kind: "signed-permutation" as const, matrix: [] },
  methods: [],
  labels: [],
}));
const rewards = [
  [7, 6, 5],
  [4, 9, null],
];
const follow: StyleLabel = { principle: "gentle", direction: "follow" };
const labels = [
  [follow, follow, follow],
  [follow, undefined, { principle: "casual", direction: "avoid" } as const],
];
const attributes = [
  [1, 0],
  [0, -1],
  [1, -1],
] as const;

/** The interval of Student's t with one degree of freedom, for two users: its quantile is 12.7062. */
const around = (delta: number, standardError: number) => [
  expect.closeTo(delta - 12.7062 * standardError, 4),
  expect.closeTo(delta + 12.7062 * standardError, 4),
];

describe("breakdown of a method's gains", () => {
  const parts = breakdown(pool, rewards, labels, outcomes, attributes, "linear");

  it("groups by the strongest target, leaving out pairs without a reward", () => {
    expect(parts.perPrinciple).toEqual([
      {
        principle: "gentle",
        direction: "follow",
        pairs: 2,
        delta: 1.5,
        deltaCi95: around(1.5, 0.5),
      },
      { principle: "casual", direction: "follow", pairs: 1, delta: -1, deltaCi95: null },
      { principle: "casual", direction: "avoid", pairs: 1, delta: 0, deltaCi95: null },
    ]);
  });

  it("groups by attribute and side; a user with two attributes is in both groups", () => {
    expect(parts.perAttribute).toEqual([
      { attribute: "anxious", side: "follow", pairs: 3, delta: 1 / 3, deltaCi95: around(1 / 3, 2 / 9) },
      { attribute: "verbose", side: "avoid", pairs: 2, delta: 0.5, deltaCi95: around(0.5, 0.5) },
    ]);
  });

  it("counts every known difference in one bin, whole numbers in the middle of theirs", () => {
    const { from, width, counts } = parts.differences;
    const binOf = (d: number): number => Math.floor((d - from) / width);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(4);
    for (const d of [2, 1, 0, -1]) {
      expect(counts[binOf(d)]).toBe(1);
      expect(from + (binOf(d) + 0.5) * width).toBe(d);
    }
    expect([from, from + counts.length * width]).toEqual([-9.25, 9.25]);
  });

  it("has a bin for the largest difference of tenths, 9.9", () => {
    const [first] = outcomes;
    const one = { ...first!, targets: first!.targets.slice(0, 1), baseline: [0.1] };
    const { counts } = breakdown(pool, [[10]], [[]], [one], attributes.slice(0, 1), "tenth").differences;
    expect(counts.reduce((a, b) => a + b, 0)).toBe(1);
    expect(counts.at(-1)).toBe(1);
  });

  it("counts chosen styles by wanted ones, also of pairs whose reward is missing", () => {
    // Rows and columns: follow gentle, avoid gentle, follow casual, avoid casual.
    expect(parts.labels).toEqual([
      [2, 0, 0, 0],
      [0, 0, 0, 1],
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
  });

  it("has no table of styles for a method that chooses none", () => {
    expect(breakdown(pool, rewards, [[], []], outcomes, attributes, "linear")).not.toHaveProperty("labels");
  });
});
