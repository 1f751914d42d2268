import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../../test/reference/ridge.json" with { type: "json" };
import { rngOf, rootKey } from "../core/random.ts";
import { fitRidge, linearModel, predictDual, predictLinear, ridgeDesign, rowProducts } from "./ridge.ts";
import { fromDense } from "./sparse.ts";

const { outputs } = reference;
const design = ridgeDesign(fromDense(reference.x));
const further = fromDense(reference.xTest);
const flat = (table: readonly (readonly (number | null)[])[]): Float64Array =>
  Float64Array.from(table.flat(), (value) => value ?? Number.NaN);
const differs = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(b, (v, i) => Math.abs(v - a[i]!)));

describe("ridge regression", () => {
  const cases = (["whole", "gapped"] as const).flatMap((targets) =>
    reference.fits[targets].map((expected) => ({ targets, expected, alpha: expected.alpha })),
  );
  it.each(cases)("is scikit-learn's on $targets targets, penalty $alpha", ({ targets, expected, alpha }) => {
    const fit = fitRidge(design, flat(reference[targets]), alpha);
    const model = linearModel(design, fit);
    expect(differs(model.weights, expected.weights)).toBeLessThan(1e-9);
    expect(differs(model.bias, expected.bias)).toBeLessThan(1e-9);
    expect(differs(predictLinear(model, further), expected.predicted)).toBeLessThan(1e-9);
    const products = rowProducts(further, design.x);
    expect(differs(predictDual(fit, products), expected.predicted)).toBeLessThan(1e-9);
  });

  it("leaves missing targets out, however many: as one fit an output on the rows that are there", () => {
    const problem = fc.record({
      seed: fc.nat(),
      rows: fc.integer({ min: 3, max: 12 }),
      share: fc.double({ min: 0, max: 0.95, noNaN: true }),
      penalty: fc.double({ min: 0.05, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(problem, ({ seed, rows, share, penalty }) => {
        const rng = rngOf(rootKey(`ridge ${seed}`));
        const table = Array.from({ length: rows }, () => Array.from({ length: 4 }, () => rng.normal()));
        const targets = Float64Array.from({ length: rows * 2 }, () =>
          rng.uniform() < share ? Number.NaN : 5 + rng.normal(),
        );
        const fit = fitRidge(ridgeDesign(fromDense(table)), targets, penalty);
        for (const o of [0, 1]) {
          const there = table.map((_, i) => i).filter((i) => !Number.isNaN(targets[2 * i + o]));
          if (there.length === 0) {
            expect(fit.bias[o]).toBeNaN();
            continue;
          }
          const own = ridgeDesign(fromDense(there.map((i) => table[i]!)));
          const alone = fitRidge(
            own,
            Float64Array.from(there, (i) => targets[2 * i + o]!),
            penalty,
          );
          expect(fit.bias[o]).toBeCloseTo(alone.bias[0]!, 8);
          const dual = Array.from(table, (_, i) => fit.dual[2 * i + o]!);
          for (const [at, i] of there.entries()) expect(dual[i]).toBeCloseTo(alone.dual[at]!, 8);
          expect(dual.filter((_, i) => !there.includes(i)).every((d) => d === 0)).toBe(true);
        }
      }),
    );
  });

  it("explains nothing but the mean under an enormous penalty, and all of it under a tiny one", () => {
    const targets = flat(reference.whole);
    const heavy = fitRidge(design, targets, 1e12);
    const light = fitRidge(design, targets, 1e-9);
    const fitted = predictDual(light, rowProducts(design.x, design.x));
    for (let o = 0; o < outputs; o++) {
      const column = Array.from({ length: design.x.rows }, (_, i) => targets[i * outputs + o]!);
      expect(heavy.bias[o]).toBeCloseTo(column.reduce((a, b) => a + b, 0) / column.length, 8);
    }
    expect(differs(fitted, targets)).toBeLessThan(1e-4);
  });

  it("refuses targets that do not fit", () => {
    expect(() => fitRidge(design, new Float64Array(7), 1)).toThrow(RangeError);
  });
});
