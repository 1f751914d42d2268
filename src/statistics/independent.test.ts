import { expect, test } from "vitest";
import reference from "../../test/reference/independent.json" with { type: "json" };
import { infer } from "./crossed.ts";
import { differenceOfIndependent } from "./independent.ts";
import { meanOfCells, ratioOfSums } from "./linearised.ts";

const column = (values: readonly number[]) => ({
  users: values.length,
  worlds: 1,
  values: Float64Array.from(values),
});
const meanOf = (values: readonly number[]) => infer(meanOfCells(column(values)))!;

test("the difference of independent means is Welch's t test (SciPy)", () => {
  const { a, b, estimate, degreesOfFreedom, ci95, pValue } = reference.welch;
  const found = differenceOfIndependent(meanOf(a), meanOf(b));
  expect(found.estimate).toBeCloseTo(estimate, 12);
  expect(found.degreesOfFreedom).toBeCloseTo(degreesOfFreedom, 10);
  expect(found.ci95[0]).toBeCloseTo(ci95[0]!, 10);
  expect(found.ci95[1]).toBeCloseTo(ci95[1]!, 10);
  expect(found.pValue).toBeCloseTo(pValue, 10);
});

test("without any variation a difference is certain, and no difference is none", () => {
  const [same, other] = [meanOf([1, 1, 1]), meanOf([2, 2])];
  expect(differenceOfIndependent(same, other)).toMatchObject({ estimate: 1, ci95: [1, 1], pValue: 0 });
  expect(differenceOfIndependent(same, same)).toMatchObject({ estimate: 0, ci95: [0, 0], pValue: 1 });
});

test("a ratio of sums has the error of NumPy's linearisation", () => {
  const { sums, counts, estimate, standardError, ci95, pValue } = reference.ratio;
  const found = infer(ratioOfSums(column(sums), column(counts)))!;
  expect(found.estimate).toBeCloseTo(estimate, 12);
  expect(found.standardError).toBeCloseTo(standardError, 12);
  expect(found.ci95[0]).toBeCloseTo(ci95[0]!, 10);
  expect(found.ci95[1]).toBeCloseTo(ci95[1]!, 10);
  expect(found.pValue).toBeCloseTo(pValue, 10);
  expect(ratioOfSums(column([1, 2]), column([0, 0]))).toBeNull();
});
