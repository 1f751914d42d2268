import { describe, expect, it } from "vitest";
import { runFixture } from "../../test/support/run-fixture.ts";
import { isBaseline, roleOf } from "../methods/about.ts";
import { holm } from "../statistics/correction.ts";
import { verdictOf } from "../statistics/verdict.ts";
import { summarisePairs } from "./summarise-pairs.ts";

const { results } = runFixture({ users: 40, worlds: 4 });
const margin = results.config.statistics.margin;

describe("the methods of a run", () => {
  it("are corrected over those under test; oracle and floors stand outside, and the baseline has no test", () => {
    const tested = results.methods.filter((m) => roleOf(m) === "method");
    expect(tested.map((m) => m.summary.pValueAdjusted)).toEqual(holm(tested.map((m) => m.summary.pValue)));
    for (const method of results.methods.filter((m) => roleOf(m) !== "method")) {
      expect(method.summary.pValueAdjusted).toBeNull();
      expect(method.summary.pValue === null).toBe(isBaseline(method));
    }
    for (const { summary } of results.methods) expect(summary.verdict).toBe(verdictOf(summary, margin));
  });

  it("have an interval, a p-value and degrees of freedom of one t, and two detectable effects", () => {
    for (const { summary: s, ...method } of results.methods.filter((m) => !isBaseline(m))) {
      const [low, high] = s.deltaCi95 as [number, number];
      expect((low + high) / 2).toBeCloseTo(s.delta as number, 9);
      expect((s.pValue as number) < 0.05).toBe(low > 0 || high < 0);
      expect(s.degreesOfFreedom).toBeGreaterThanOrEqual(3);
      if (roleOf(method) === "method") {
        expect(s.minimalDetectableEffectAdjusted).toBeGreaterThan(s.minimalDetectableEffect as number);
      } else {
        expect(s.minimalDetectableEffectAdjusted).toBeNull();
      }
    }
  });

  it("say what share of the oracle's gain they reach where they are better, and nowhere else", () => {
    const oracle = results.methods.find((m) => roleOf(m) === "oracle");
    for (const method of results.methods) {
      const { shareOfOracle, verdict, delta } = method.summary;
      const isTold = roleOf(method) === "method" && verdict === "better";
      expect(shareOfOracle !== undefined).toBe(isTold);
      if (shareOfOracle === undefined) continue;
      // Not of the very same cells: some lack one of the two rewards.
      expect(shareOfOracle.share).toBeCloseTo((delta as number) / (oracle?.summary.delta as number), 1);
      expect(shareOfOracle.ci95[0]).toBeLessThan(shareOfOracle.share);
    }
    expect(results.methods.some((m) => m.summary.shareOfOracle !== undefined)).toBe(true);
  });
});

describe("pairs of methods", () => {
  it("are every two but baseline and oracle, in the run's order, corrected over all of them", () => {
    const names = results.methods
      .filter((m) => !["baseline", "oracle"].includes(roleOf(m)))
      .map((m) => m.name);
    expect(results.pairs.map(({ a, b }) => [a, b])).toEqual(
      names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b])),
    );
    expect(results.pairs.map((p) => p.pValueAdjusted)).toEqual(holm(results.pairs.map((p) => p.pValue)));
  });

  it("take cells where both have a reward, whatever the baseline has", () => {
    const outcome = (a: (number | null)[], b: (number | null)[]) => ({
      world: { seed: 1, kind: "signed-permutation" as const, matrix: [] },
      targets: [],
      baseline: [null, null, null],
      methods: [a, b],
      labels: [],
    });
    const methods = [
      { id: "routing", name: "a" },
      { id: "in-context", name: "b" },
    ];
    const [pair] = summarisePairs(methods, [outcome([7, 6, null], [5, 5, 9])]);
    expect(pair).toMatchObject({ a: "a", b: "b", difference: 1.5, cells: 2, degreesOfFreedom: 1 });
    const [none] = summarisePairs(methods, [outcome([7, null, null], [null, 5, 9])]);
    expect(none).toMatchObject({
      difference: null,
      ci95: null,
      pValue: null,
      pValueAdjusted: null,
      cells: 0,
    });
  });
});
