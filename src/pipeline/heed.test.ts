import { describe, expect, it } from "vitest";
import { heedWarning, styleHeed } from "./heed.ts";

/** Users whose answers score so on two principles: rows follow_0, avoid_0, follow_1, avoid_1. */
const users = (...scores: readonly (readonly [number, number, number, number])[]) =>
  scores.map(([f0, a0, f1, a1]) => ({
    columns: [0, 1],
    ratings: { rows: 4, columns: 2, scores: Float64Array.from([f0, 5, a0, 5, 5, f1, 5, a1]) },
  }));
const many = (n: number, of: (i: number) => [number, number, number, number]) =>
  users(...Array.from({ length: n }, (_, i) => of(i)));

describe("how far style instructions move answers", () => {
  it("is the mean over users of follow minus avoid on the principle itself", () => {
    const found = styleHeed(many(12, (i) => [8, 2 + (i % 2), 7, 5]));
    expect(found?.estimate).toBeCloseTo((6 - 0.5 + 2) / 2, 12);
    expect(found?.users).toBe(12);
  });

  it("leaves out what was not scored, and is silent on few users", () => {
    expect(styleHeed(many(12, () => [8, Number.NaN, 7, 5]))?.estimate).toBe(2);
    expect(styleHeed(many(9, (i) => [8, i, 7, 5]))).toBeNull();
    expect(styleHeed(many(12, () => [Number.NaN, 1, 7, Number.NaN]))).toBeNull();
    expect(styleHeed([])).toBeNull();
  });

  it("is told where it is not beyond doubt above nothing, and not where it is", () => {
    const noise = many(12, (i) => [5 + (i % 3), 5 + ((i + 1) % 3), 4, 4]);
    expect(heedWarning(noise, "openai:small")).toMatch(
      /^openai:small does not show that it heeds styles: .*scores -?0\.\d\d \[-\d/,
    );
    expect(
      heedWarning(
        many(12, (i) => [8, 2 + (i % 2), 7, 5]),
        "m",
      ),
    ).toBeUndefined();
  });
});
