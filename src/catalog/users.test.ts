import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UserProfile } from "../core/artifacts.ts";
import { UsageError } from "../core/errors.ts";
import { rootKey } from "../core/random.ts";
import { poolNamed } from "./pools.ts";
import { userProfile } from "./users.ts";

const key = rootKey(1);
const users = (
  from: number,
  count: number,
  activeAttributes: 1 | 2,
  pool = poolNamed("k10"),
  seed = 1,
): UserProfile[] =>
  Array.from({ length: count }, (_, i) =>
    userProfile({ pool, activeAttributes, split: "train", index: from + i, key: rootKey(seed) }),
  );
/** How often each attribute stands on each side: [attribute][0 for -1, 1 for +1]. */
const counts = (list: readonly UserProfile[]): number[][] =>
  list[0]!.attributes.map((_, k) =>
    [-1, 1].map((side) => list.filter((u) => u.attributes[k] === side).length),
  );
const pools = fc.integer({ min: 2, max: 12 }).map((k) => {
  const names = Array.from({ length: k }, (_, i) => `trait ${i}`);
  return { attributes: names, principles: names };
});

describe("userProfile", () => {
  it("with one active attribute, every block of 2K has every attribute and side once", () => {
    fc.assert(
      fc.property(pools, fc.nat(50), fc.integer(), (pool, block, seed) => {
        const k = pool.attributes.length;
        const list = users(block * 2 * k, 2 * k, 1, pool, seed);
        expect(counts(list)).toEqual(pool.attributes.map(() => [1, 1]));
      }),
    );
  });

  it("with two, every block of K has every attribute twice, once on either side, two a user", () => {
    fc.assert(
      fc.property(pools, fc.nat(50), fc.integer(), (pool, block, seed) => {
        const k = pool.attributes.length;
        const list = users(block * k, k, 2, pool, seed);
        expect(counts(list)).toEqual(pool.attributes.map(() => [1, 1]));
        for (const user of list) expect(user.attributes.filter((a) => a !== 0)).toHaveLength(2);
      }),
    );
  });

  it("drawn at random, every attribute and side is as likely for each user, whatever the others show", () => {
    const pool = poolNamed("k4");
    const draw = (index: number, activeAttributes: 1 | 2 = 1) =>
      userProfile({ pool, activeAttributes, drawn: "random", split: "train", index, key });
    const list = Array.from({ length: 8000 }, (_, i) => draw(i));
    // Five standard deviations of a binomial of 8,000 draws with 1/8.
    for (const sides of counts(list)) {
      for (const n of sides) expect(Math.abs(n - 1000)).toBeLessThan(5 * Math.sqrt(8000 * (1 / 8) * (7 / 8)));
    }
    // A block of 2K has every attribute and side once only where they are balanced.
    const blocks = Array.from({ length: 1000 }, (_, b) => counts(list.slice(8 * b, 8 * b + 8)));
    const even = blocks.filter((sides) => sides.flat().every((n) => n === 1)).length;
    expect(even).toBeLessThan(20); // 8! / 8^8 of 1,000 blocks is 2.4
    for (let i = 0; i < 50; i++) {
      expect(draw(i, 2).attributes.filter((a) => a !== 0)).toHaveLength(2);
      expect(draw(i)).toEqual(list[i]);
    }
  });

  it("with two, all pairs and all combinations of sides come about equally often", () => {
    const pool = poolNamed("k4");
    const seen = new Map<string, number>();
    for (const { attributes } of users(0, 12_000, 2, pool)) {
      const shown = attributes.map((side, k) => (side === 0 ? "" : `${k}${side}`)).join("");
      seen.set(shown, (seen.get(shown) ?? 0) + 1);
    }
    expect(seen.size).toBe(6 * 4);
    for (const n of seen.values()) expect(Math.abs(n - 500)).toBeLessThan(5 * Math.sqrt(500));
  });

  it("depends on index, split and key alone", () => {
    const request = { pool: poolNamed("k10"), activeAttributes: 1 as const, key, index: 12 };
    const user = userProfile({ ...request, split: "train" });
    expect(user).toEqual(users(0, 40, 1)[12]);
    expect(user.id).toBe("train-00012");
    const traits = (split: "train" | "validation" | "test") =>
      Array.from({ length: 40 }, (_, index) => userProfile({ ...request, split, index }).attributes);
    expect(traits("validation")).not.toEqual(traits("train"));
    expect(traits("test")).not.toEqual(traits("validation"));
    expect(traits("train").slice(0, 12).map(shownIn)).toMatchInlineSnapshot(`
      [
        "-0",
        "+6",
        "+8",
        "+5",
        "-3",
        "+0",
        "-1",
        "+1",
        "+7",
        "-9",
        "+2",
        "-4",
      ]
    `);
    expect(users(0, 8, 2, poolNamed("k4")).map((u) => shownIn(u.attributes))).toMatchInlineSnapshot(`
      [
        "-0 -2",
        "+0 +1",
        "+2 +3",
        "-1 -3",
        "-0 -3",
        "+1 +2",
        "-1 +3",
        "+0 -2",
      ]
    `);
  });

  it("refuses more active attributes than there are, and bad indexes", () => {
    const pool = { attributes: ["terse"], principles: ["gentle"] };
    expect(() => users(0, 1, 2, pool)).toThrow(UsageError);
    expect(() => users(-1, 1, 1)).toThrow(RangeError);
    expect(() => users(0.5, 1, 1)).toThrow(RangeError);
  });
});

/** `+3 -7`: attributes shown, with their sides. */
function shownIn(attributes: UserProfile["attributes"]): string {
  return attributes.flatMap((a, k) => (a === 0 ? [] : [`${a === 1 ? "+" : "-"}${k}`])).join(" ");
}
