import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  flip,
  fromAsked,
  highestToward,
  remapped,
  rewardBounds,
  type ScoreMapping,
  scoreBounds,
  toward,
} from "./rating-scale.ts";

const answers = fc.integer({ min: 1, max: 100 });
const mappings = fc.constantFrom<ScoreMapping>("linear", "tenth");
const signs = fc.constantFrom(1 as const, -1 as const);

describe("answers on 1 to 100", () => {
  it("as tenths are the answer divided by ten, from 0.1 to 10; the avoid side is 11 - s, from 1 to 10.9", () => {
    for (let raw = 1; raw <= 100; raw++) expect(fromAsked(raw, 100, "tenth")).toBe(raw / 10);
    expect([0, 0.9, 101, Number.NaN].map((raw) => fromAsked(raw, 100, "tenth"))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(scoreBounds("tenth")).toEqual([0.1, 10]);
    expect(flip(fromAsked(1, 100, "tenth"))).toBe(10.9);
    expect(flip(fromAsked(100, 100, "tenth"))).toBe(1);
    expect(rewardBounds("tenth")).toEqual([0.1, 10.9]);
    expect([1 as const, -1 as const].map((sign) => highestToward(sign, "tenth"))).toEqual([10, 10.9]);
  });

  it("linearly are as before: 1 to 1 and 100 to 10, the avoid side within the same ends", () => {
    expect([1, 100].map((raw) => fromAsked(raw, 100))).toEqual([1, 10]);
    expect(rewardBounds("linear")).toEqual([1, 10]);
    expect([1 as const, -1 as const].map((sign) => highestToward(sign, undefined))).toEqual([10, 10]);
  });

  it("lie within their ends, on either side", () => {
    fc.assert(
      fc.property(answers, mappings, signs, (raw, mapping, sign) => {
        const reward = toward(fromAsked(raw, 100, mapping) as number, sign);
        const [low, high] = rewardBounds(mapping);
        expect(reward).toBeGreaterThanOrEqual(low);
        expect(reward).toBeLessThanOrEqual(high);
        expect(reward).toBeLessThanOrEqual(highestToward(sign, mapping));
      }),
    );
  });

  it("go from one mapping to the other, a difference of tenths times 10/11", () => {
    fc.assert(
      fc.property(answers, answers, (a, b) => {
        const [linear, tenth] = [fromAsked(a, 100, "linear") as number, fromAsked(a, 100, "tenth") as number];
        expect(remapped(tenth, "tenth", "linear")).toBeCloseTo(linear, 12);
        expect(remapped(linear, "linear", "tenth")).toBeCloseTo(tenth, 12);
        expect(remapped(linear)).toBe(linear);
        const other = fromAsked(b, 100, "tenth") as number;
        const difference = remapped(tenth, "tenth") - remapped(other, "tenth");
        expect(difference).toBeCloseTo(((tenth - other) * 10) / 11, 12);
      }),
    );
  });
});
