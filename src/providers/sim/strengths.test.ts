import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { DEFAULT_STRENGTHS, STRENGTHS, type StrengthName, strengthsFrom } from "./strengths.ts";

describe("strengths", () => {
  it("are documented with the defaults that they have", () => {
    const page = readFileSync(new URL("../../../docs/simulated-world.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d.]+) \|/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    expect(Object.fromEntries(rows)).toEqual(DEFAULT_STRENGTHS);
  });

  it("are the defaults with the given ones laid over", () => {
    expect(strengthsFrom(undefined)).toEqual(DEFAULT_STRENGTHS);
    expect(strengthsFrom({ obedience: 0 })).toEqual({ ...DEFAULT_STRENGTHS, obedience: 0 });
  });

  it("keep their defaults inside their bounds, and avoiding harder than following", () => {
    for (const [name, { default: value, max }] of Object.entries(STRENGTHS)) {
      expect(value, name).toBeGreaterThanOrEqual(0);
      expect(value, name).toBeLessThanOrEqual(max);
    }
    expect(DEFAULT_STRENGTHS.avoidObedience).toBeLessThan(DEFAULT_STRENGTHS.obedience);
  });

  it("may be 0 and their maximum, and nothing beyond", () => {
    for (const name of Object.keys(STRENGTHS) as StrengthName[]) {
      const { max } = STRENGTHS[name];
      expect(strengthsFrom({ [name]: 0 })[name]).toBe(0);
      expect(strengthsFrom({ [name]: max })[name]).toBe(max);
      for (const bad of [-0.01, max + 0.01, Number.NaN, Number.POSITIVE_INFINITY, "0.5", null, true]) {
        expect(() => strengthsFrom({ [name]: bad }), `${name} ${bad}`).toThrow(UsageError);
      }
    }
  });

  it("refuse unknown names, inherited names and things that are no object", () => {
    expect(() => strengthsFrom({ obediance: 0.5 })).toThrow(/no strength "obediance"/);
    expect(() => strengthsFrom({ toString: 1 })).toThrow(UsageError);
    for (const bad of [null, [], "obedience", 1])
      expect(() => strengthsFrom(bad)).toThrow(/object of numbers/);
  });
});
