import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../../test/reference/crossed_t.json" with { type: "json" };
import { type CrossedCells, crossedError, type Inference, infer } from "./crossed.ts";
import { differenceOf, logWinLossRatio, meanOfCells, meanOverWorlds, ratioOf } from "./linearised.ts";

const tableOf = (users: number, worlds: number, values: readonly (number | null)[]): CrossedCells => ({
  users,
  worlds,
  values: Float64Array.from(values, (x) => x ?? Number.NaN),
});

type Expected = Omit<Inference, "users" | "worlds" | "ci95"> & { readonly ci95: readonly number[] };

function agrees(found: Inference | null, expected: Expected): void {
  expect(found).toMatchObject({
    estimate: expect.closeTo(expected.estimate, 12),
    standardError: expect.closeTo(expected.standardError, 12),
    degreesOfFreedom: expect.closeTo(expected.degreesOfFreedom, 8),
    ci95: expected.ci95.map((bound) => expect.closeTo(bound, 10)),
    pValue: expect.closeTo(expected.pValue, 10),
  });
}

describe("the crossed t agrees with NumPy and SciPy", () => {
  it.each(Object.entries(reference.tables))("%s", (_, { users, worlds, values, other, ...expected }) => {
    const [cells, second] = [tableOf(users, worlds, values), tableOf(users, worlds, other)];
    const [a, b] = [meanOverWorlds(cells)!, meanOverWorlds(second)!];
    agrees(infer(a), expected.meanOverWorlds);
    agrees(infer(meanOfCells(cells)), expected.meanOfCells);
    agrees(infer(logWinLossRatio(cells)), expected.logWinLoss);
    agrees(infer(differenceOf(a, b)), expected.difference);
    agrees(infer(ratioOf(a, b)), expected.ratio);
  });

  it("in one world: SciPy's one-sample t test", () => {
    const { users, worlds, values } = reference.tables["one world"];
    const found = infer(meanOverWorlds(tableOf(users, worlds, values)))!;
    expect(found.pValue).toBeCloseTo(reference.ttest.p, 12);
    expect(found.ci95.map((bound) => bound)).toEqual(reference.ttest.ci95.map((b) => expect.closeTo(b, 12)));
  });
});

const cell = fc.option(fc.integer({ min: -9, max: 9 }), { freq: 5 });
const tables = fc
  .record({ users: fc.integer({ min: 1, max: 9 }), worlds: fc.integer({ min: 1, max: 6 }) })
  .chain(({ users, worlds }) =>
    fc
      .array(cell, { minLength: users * worlds, maxLength: users * worlds })
      .map((values) => tableOf(users, worlds, values)),
  );

describe("of any table", () => {
  it("what the cells add sums to 0, and the p-value is below 0.05 exactly where the interval leaves 0 out", () => {
    fc.assert(
      fc.property(tables, (cells) => {
        for (const statistic of [meanOverWorlds(cells), meanOfCells(cells), logWinLossRatio(cells)]) {
          if (statistic === null) continue;
          const sum = statistic.cells.values.reduce((total, x) => total + (Number.isNaN(x) ? 0 : x), 0);
          expect(sum).toBeCloseTo(0, 12);
          const found = infer(statistic);
          if (found === null) continue;
          const { ci95, pValue, degreesOfFreedom, users, worlds } = found;
          expect(pValue < 0.05).toBe(ci95[0] > 0 || ci95[1] < 0);
          expect(pValue).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeLessThanOrEqual(1);
          expect(degreesOfFreedom).toBeGreaterThanOrEqual(
            worlds < 3 ? users - 1 : Math.min(users, worlds) - 1,
          );
        }
      }),
    );
  });

  it("turning every sign turns the estimate and leaves error and p-value", () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const [forth, back] = [cells, { ...cells, values: cells.values.map((x) => -x) }].map((table) =>
          infer(meanOverWorlds(table)),
        );
        if (!forth || !back) {
          expect(forth).toBe(back);
          return;
        }
        expect(back.estimate).toBeCloseTo(-forth.estimate, 12);
        expect(back.standardError).toBeCloseTo(forth.standardError, 12);
        expect(back.pValue).toBeCloseTo(forth.pValue, 9);
      }),
    );
  });

  it("a statistic less itself is 0 without error, and over itself 1 without error", () => {
    const statistic = meanOverWorlds(tableOf(3, 2, [1, 2, 3, null, 5, 7]))!;
    expect(infer(differenceOf(statistic, statistic))).toMatchObject({ estimate: 0, ci95: [0, 0], pValue: 1 });
    expect(infer(ratioOf(statistic, statistic))).toMatchObject({ estimate: 1, standardError: 0 });
  });
});

describe("where little is known", () => {
  it("one user tells nothing, nor does an empty table", () => {
    expect(infer(meanOverWorlds(tableOf(3, 2, [1, 2, null, null, null, null])))).toBeNull();
    expect(meanOverWorlds(tableOf(2, 1, [null, null]))).toBeNull();
    expect(meanOfCells(tableOf(2, 1, [null, null]))).toBeNull();
    expect(crossedError(tableOf(0, 0, []))).toBeNull();
    expect(logWinLossRatio(tableOf(2, 1, [1, 2]))).toBeNull();
    expect(
      ratioOf(meanOverWorlds(tableOf(2, 1, [1, 2]))!, meanOverWorlds(tableOf(2, 1, [0, 0]))!),
    ).toBeNull();
  });

  it("users of one world each leave nothing to tell cells by: the error is that of the worlds' clusters", () => {
    const nested = [1, null, null, null, 3, null, null, null, 4, 2, null, null];
    const found = infer(meanOfCells(tableOf(4, 3, nested)))!;
    // By hand: psi = (d - 2.5) / 4; users alone are cells alone, so what is left are sums over worlds.
    const byWorld = [(1 + 2 - 5) / 4, 0.5 / 4, 1.5 / 4].reduce((sum, x) => sum + x * x, 0) * (3 / 2);
    const byUser = ([1, 3, 4, 2].reduce((sum, d) => sum + (d - 2.5) ** 2, 0) / 16) * (4 / 3);
    expect(found.standardError).toBeCloseTo(Math.sqrt(Math.max(byWorld, byUser)), 12);
    expect(found.degreesOfFreedom).toBeGreaterThanOrEqual(2);
  });

  it("equal differences have no error: all 0 speak for nothing, all 1 for a gain", () => {
    expect(infer(meanOverWorlds(tableOf(3, 1, [0, 0, 0])))).toMatchObject({ ci95: [0, 0], pValue: 1 });
    expect(infer(meanOverWorlds(tableOf(3, 3, Array(9).fill(1))))).toMatchObject({ ci95: [1, 1], pValue: 0 });
    const cancelling = [0.3, 0.1 - 0.4, 0.3, -0.3, 0.3, -0.3];
    expect(infer(meanOverWorlds(tableOf(3, 2, cancelling)))).toMatchObject({ ci95: [0, 0], pValue: 1 });
  });

  it("statistics of different tables are not combined", () => {
    const [a, b] = [meanOverWorlds(tableOf(2, 1, [1, 2]))!, meanOverWorlds(tableOf(1, 2, [1, 2]))!];
    expect(() => differenceOf(a, b)).toThrow(RangeError);
  });
});
