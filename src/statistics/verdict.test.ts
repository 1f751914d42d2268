import fc from "fast-check";
import { expect, test } from "vitest";
import { isLostToCorrection, isWithinMargin, verdictOf } from "./verdict.ts";

const finding = (
  delta: number | null,
  deltaCi95: readonly [number, number] | null,
  pValue: number | null,
  pValueAdjusted: number | null,
) => ({ delta, deltaCi95, pValue, pValueAdjusted });

test.each([
  ["better", finding(1, [0.5, 1.5], 0.001, 0.006)],
  ["worse", finding(-1, [-1.5, -0.5], 0.001, 0.006)],
  ["no significant difference", finding(1, [0.1, 1.9], 0.03, 0.18)],
  ["no significant difference", finding(0.1, [-0.3, 0.5], 0.6, 1)],
  ["practically the same", finding(0.05, [-0.1, 0.2], 0.5, 1)],
  ["practically the same", finding(0.1, [0.01, 0.19], 0.03, 0.18)],
  ["practically the same", finding(0, [0, 0], 1, 1)],
  ["no significant difference", finding(1, null, null, null)],
  ["no result", finding(null, null, null, null)],
  // Outside every family the test's own p-value decides.
  ["better", finding(1, [0.5, 1.5], 0.01, null)],
] as const)("%s: %j", (verdict, found) => {
  expect(verdictOf(found, 0.25)).toBe(verdict);
});

test("significance goes before the margin, and the effect is noted as within it", () => {
  const small = finding(0.1, [0.05, 0.15], 0.001, 0.004);
  expect(verdictOf(small, 0.25)).toBe("better");
  expect(isWithinMargin(small, 0.25)).toBe(true);
  expect(isWithinMargin(finding(0.2, [0.05, 0.35], 0.01, 0.04), 0.25)).toBe(false);
  expect(isWithinMargin(finding(0.05, [-0.1, 0.2], 0.5, 1), 0.25)).toBe(false);
});

test("better and worse follow from the adjusted p-value and the sign alone, and nothing lost to correction is either", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const bound = fc.double({ min: -9, max: 9, noNaN: true });
  fc.assert(
    fc.property(bound, bound, bound, unit, unit, unit, (delta, x, y, p, more, margin) => {
      const adjusted = Math.min(1, p + more);
      const found = finding(delta, [Math.min(x, y), Math.max(x, y)], p, adjusted);
      const verdict = verdictOf(found, margin);
      expect(verdict === "better").toBe(adjusted < 0.05 && delta > 0);
      expect(verdict === "worse").toBe(adjusted < 0.05 && delta < 0);
      if (isLostToCorrection(found)) expect(["better", "worse"]).not.toContain(verdict);
    }),
  );
});
