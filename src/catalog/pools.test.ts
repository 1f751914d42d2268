import { describe, expect, it } from "vitest";
import { UsageError } from "../core/errors.ts";
import { checkPool, POOL_NAMES, poolNamed } from "./pools.ts";

describe("shipped pools", () => {
  it("are those of the selection study, and sound", () => {
    expect(POOL_NAMES).toEqual(["k10", "k8", "k6", "k4", "k2"]);
    for (const name of POOL_NAMES) {
      const pool = poolNamed(name);
      expect(pool.attributes).toHaveLength(Number(name.slice(1)));
      expect(() => checkPool(pool, "pool")).not.toThrow();
    }
    expect(poolNamed("k2")).toEqual({
      attributes: ["conversational", "neutral"],
      principles: ["emotionally neutral", "teacher-to-student tone"],
    });
  });

  it("an unknown name is refused with the known ones", () => {
    expect(detailsOf(() => poolNamed("k3"))).toEqual({
      message: 'there is no pool "k3"; did you mean "k8"?',
      where: "pool",
      remedy:
        "choose one of k10, k8, k6, k4, k2, write {attributes: [...], principles: [...]}, or name a .json file of that form",
    });
    expect(() => poolNamed("toString")).toThrow(UsageError);
  });
});

describe("checkPool", () => {
  const good = { attributes: ["terse", "warm"], principles: ["gentle", "casual"] };
  it.each([
    [
      { ...good, attributes: ["terse", "warm", "shy", " Terse"] },
      "pool.attributes[3]",
      /twice.*attributes\[0\]/,
    ],
    [{ ...good, principles: ["gentle", "gentle"] }, "pool.principles[1]", /"gentle" stands twice/],
    [{ ...good, principles: ["gentle", "  "] }, "pool.principles[1]", /blank/],
    [{ attributes: ["terse"], principles: ["gentle", "casual"] }, "pool", /1 attributes but 2 principles/],
    [{ attributes: [], principles: [] }, "pool.attributes", /empty/],
  ])("refuses %j at %s", (pool, where, message) => {
    const error = detailsOf(() => checkPool(pool, "pool"));
    expect(error.where).toBe(where);
    expect(error.message).toMatch(message);
    expect(error.remedy).toBeTruthy();
  });
});

function detailsOf(act: () => unknown): Pick<UsageError, "message" | "where" | "remedy"> {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message, where, remedy } = error as UsageError;
    return { message, where, remedy };
  }
  throw new Error("nothing was thrown");
}
