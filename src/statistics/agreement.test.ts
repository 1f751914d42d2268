import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../../test/reference/agreement.json" with { type: "json" };
import { rootKey } from "../core/random.ts";
import { kappaStatistic, sameStatistic, spearmanStatistic } from "./agreement.ts";
import { clusterIntervals } from "./cluster-bootstrap.ts";
import { spearman } from "./correlation.ts";

const { x, y, clusters, counts, once, counted, intervals } = reference;
const SCALE = [1, 10] as const;
const KINDS = ["nominal", "linear", "quadratic"] as const;

describe("agreement of two raters", () => {
  it("agrees with SciPy and with kappa by its definition, also where pairs count several times", () => {
    const r = spearmanStatistic(x, y);
    expect(r()).toBeCloseTo(once.spearman, 13);
    expect(r(counts)).toBeCloseTo(counted.spearman, 13);
    const same = sameStatistic(x, y);
    expect([same(), same(counts)]).toEqual([once.same, counted.same]);
    for (const kind of KINDS) {
      const kappa = kappaStatistic(x, y, SCALE, kind);
      expect(kappa(), kind).toBeCloseTo(once[kind], 13);
      expect(kappa(counts), kind).toBeCloseTo(counted[kind], 13);
    }
  });

  it("is undefined where nothing varies, and refuses what it cannot count", () => {
    expect(spearmanStatistic([1, 2, 3], [4, 4, 4])()).toBeNull();
    expect(kappaStatistic([4, 4], [4, 4], SCALE, "quadratic")()).toBeNull();
    expect(kappaStatistic([4, 4], [5, 5], SCALE, "quadratic")()).toBe(0);
    expect(sameStatistic([], [])()).toBeNull();
    expect(() => kappaStatistic([1.5], [1], SCALE, "linear")).toThrow(/1.5 is no whole number/);
    expect(() => kappaStatistic([0], [1], SCALE, "linear")).toThrow(RangeError);
    for (const make of [spearmanStatistic, sameStatistic]) expect(() => make([1], [])).toThrow(RangeError);
  });

  const scores = fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 })), {
    minLength: 2,
    maxLength: 40,
  });

  it("is symmetric, at most 1, and 1 only for equal scores", () => {
    fc.assert(
      fc.property(scores, (data) => {
        const [a, b] = [data.map(([v]) => v), data.map(([, v]) => v)];
        expect(spearmanStatistic(a, b)() ?? 2).toBeCloseTo(spearman(a, b) ?? 2, 12);
        for (const kind of KINDS) {
          const kappa = kappaStatistic(a, b, SCALE, kind)();
          expect(kappa ?? 2).toBeCloseTo(kappaStatistic(b, a, SCALE, kind)() ?? 2, 12);
          if (kappa === null) continue;
          expect(kappa).toBeLessThanOrEqual(1);
          expect(kappa === 1).toBe(a.every((v, i) => v === b[i]));
        }
        const own = kappaStatistic(a, a, SCALE, "quadratic")();
        expect(own ?? 1).toBe(1);
      }),
    );
  });

  it("with counts is the statistic of the list in which pairs stand that often", () => {
    const weighed = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.nat(3)),
      { minLength: 2, maxLength: 20 },
    );
    fc.assert(
      fc.property(weighed, (data) => {
        const [a, b, c] = [0, 1, 2].map((i) => data.map((row) => row[i] as number)) as [
          number[],
          number[],
          number[],
        ];
        const repeated = (side: number[]) => side.flatMap((v, i) => new Array<number>(c[i]!).fill(v));
        const [ra, rb] = [repeated(a), repeated(b)];
        for (const make of [
          spearmanStatistic,
          sameStatistic,
          (p: number[], q: number[]) => kappaStatistic(p, q, [1, 5], "quadratic"),
        ]) {
          expect(make(a, b)(c) ?? 2).toBeCloseTo(make(ra, rb)() ?? 2, 12);
        }
      }),
    );
  });
});

describe("intervals clustered on users", () => {
  it("agree with a bootstrap in NumPy, and several statistics share the draws", () => {
    const made = [spearmanStatistic(x, y), kappaStatistic(x, y, SCALE, "quadratic")];
    const [r, kappa] = clusterIntervals(clusters, made, rootKey("agreement"), 4000);
    for (const [ours, theirs] of [
      [r, intervals.spearman],
      [kappa, intervals.quadratic],
    ] as const) {
      expect(Math.abs(ours![0] - theirs[0]!)).toBeLessThan(0.015);
      expect(Math.abs(ours![1] - theirs[1]!)).toBeLessThan(0.015);
    }
    const [alone] = clusterIntervals(clusters, [made[1]!], rootKey("agreement"), 4000);
    expect(alone).toEqual(kappa);
    const renamed = clusters.map((c) => 1000 - 7 * c);
    expect(clusterIntervals(renamed, [made[1]!], rootKey("agreement"), 4000)).toEqual([kappa]);
  });

  it("need two clusters and a statistic that is mostly defined", () => {
    expect(clusterIntervals([0, 0], [sameStatistic([1, 2], [1, 2])], rootKey(1), 10)).toEqual([null]);
    const rarely = spearmanStatistic([1, 1, 2], [1, 1, 2]);
    const constant = spearmanStatistic([1, 1, 1], [1, 2, 3]);
    const [some, none] = clusterIntervals([0, 1, 2], [rarely, constant], rootKey(1), 200);
    expect(some).toEqual([1, 1]);
    expect(none).toBeNull();
  });
});
