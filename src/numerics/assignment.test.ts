import fc from "fast-check";
import { expect, test } from "vitest";
import reference from "../../test/reference/audit.json" with { type: "json" };
import { bestAssignment } from "./assignment.ts";

const total = (gains: readonly (readonly number[])[], columns: readonly number[]) =>
  columns.reduce((sum, column, row) => sum + (gains[row]?.[column] as number), 0);

test.each(reference.assignments)("the largest sum is $sum, as by SciPy", ({ gains, sum }) => {
  const columns = bestAssignment(gains);
  expect(new Set(columns).size).toBe(gains.length);
  expect(total(gains, columns)).toBe(sum);
});

test("no other assignment is better", () => {
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }))
    .chain(([rows, more]) =>
      fc.array(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
          minLength: rows + more,
          maxLength: rows + more,
        }),
        { minLength: rows, maxLength: rows },
      ),
    );
  const best = (gains: readonly (readonly number[])[], row: number, taken: ReadonlySet<number>): number =>
    row === gains.length
      ? 0
      : Math.max(
          ...(gains[row] as number[]).flatMap((gain, column) =>
            taken.has(column) ? [] : [gain + best(gains, row + 1, new Set([...taken, column]))],
          ),
        );
  fc.assert(
    fc.property(matrix, (gains) => {
      expect(total(gains, bestAssignment(gains))).toBeCloseTo(best(gains, 0, new Set()), 9);
    }),
  );
});

test("more rows than columns cannot be assigned", () => {
  expect(() => bestAssignment([[1], [2]])).toThrow(RangeError);
  expect(bestAssignment([])).toEqual([]);
});
