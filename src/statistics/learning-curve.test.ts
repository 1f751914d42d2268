import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../../test/reference/learning_curve.json" with { type: "json" };
import { EXPONENTS, fitLearningCurve, gainAt, sizeFor } from "./learning-curve.ts";

const errorOf = (sizes: readonly number[], gains: readonly number[], curve: Parameters<typeof gainAt>[0]) =>
  sizes.reduce((sum, n, i) => sum + (gainAt(curve, n) - gains[i]!) ** 2, 0);

describe("a learning curve", () => {
  it.each(reference)("is SciPy's bounded least squares: $name", (row) => {
    const { sizes, gains, ceiling, error, fitted, gain, users } = row;
    const curve = fitLearningCurve(sizes, gains, ceiling);
    expect(errorOf(sizes, gains, curve)).toBeCloseTo(error, 6);
    for (const [i, n] of sizes.entries()) expect(gainAt(curve, n)).toBeCloseTo(fitted[i]!, 3);
    if (users !== null) expect(Math.abs(sizeFor(curve, gain) / users - 1)).toBeLessThan(0.01);
    else expect(sizeFor(curve, gain)).not.toBeLessThan(1e6);
  });

  it("without noise is found again, and reaches each of its gains where it has it", () => {
    const parameters = fc.record({
      a: fc.double({ min: 0.5, max: 4, noNaN: true }),
      b: fc.double({ min: 1, max: 20, noNaN: true }),
      c: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
    });
    fc.assert(
      fc.property(parameters, (truth) => {
        const sizes = [20, 60, 200, 700, 2000];
        const found = fitLearningCurve(
          sizes,
          sizes.map((n) => gainAt(truth, n)),
        );
        for (const n of [30, 400, 4000]) expect(gainAt(found, n)).toBeCloseTo(gainAt(truth, n), 3);
        expect(sizeFor(truth, gainAt(truth, 300)) / 300).toBeCloseTo(1, 6);
      }),
    );
  });

  it("never falls, keeps to its bounds, and is never worse than a flat one", () => {
    const gains = fc.array(fc.double({ min: -2, max: 4, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(gains, (own) => {
        const sizes = [50, 100, 200, 400];
        const { a, b, c } = fitLearningCurve(sizes, own, 4.2);
        expect(b).toBeGreaterThanOrEqual(0);
        expect(a).toBeLessThanOrEqual(4.2);
        expect(c).toBeGreaterThanOrEqual(EXPONENTS[0] - 1e-9);
        expect(c).toBeLessThanOrEqual(EXPONENTS[1] + 1e-9);
        const mean = own.reduce((sum, g) => sum + g, 0) / 4;
        const flat = own.reduce((sum, g) => sum + (g - mean) ** 2, 0);
        expect(errorOf(sizes, own, { a, b, c })).toBeLessThanOrEqual(flat + 1e-9);
      }),
    );
  });

  it("that is flat is nowhere or everywhere", () => {
    expect(sizeFor({ a: 1, b: 0, c: 1 }, 0.5)).toBe(0);
    expect(sizeFor({ a: 1, b: 0, c: 1 }, 1.5)).toBe(Number.POSITIVE_INFINITY);
    expect(sizeFor({ a: 1, b: 2, c: 1 }, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it("needs three sizes", () => {
    expect(() => fitLearningCurve([1, 2], [1, 2])).toThrow(RangeError);
    expect(() => fitLearningCurve([1, 2, 2], [1, 2, 3])).toThrow(RangeError);
  });
});
