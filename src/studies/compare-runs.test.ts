import { describe, expect, it } from "vitest";
import { type FixtureOptions, runFixture } from "../../test/support/run-fixture.ts";
import type { Results, Sample } from "../core/run-record.ts";
import { collectDifferences } from "../statistics/run-differences.ts";
import { compareRuns } from "./compare-runs.ts";

const side = (options: FixtureOptions, change: (sample: Sample) => Sample = (s) => s) => {
  const run = runFixture(options);
  return { results: run.results, differences: collectDifferences([...run.samples()].map(change)) };
};
const METHODS: FixtureOptions["methods"] = [{ id: "none" }, { id: "routing" }, { id: "in-context" }];
const gained =
  (method: string, by: number) =>
  (s: Sample): Sample =>
    s.method === method && s.difference !== null ? { ...s, difference: s.difference + by } : s;

describe("comparison of two runs", () => {
  const a = side({ methods: METHODS });

  it("of a run with itself finds no change", () => {
    const { changes, onlyA, onlyB } = compareRuns(a, a);
    expect(changes.map((c) => c.name)).toEqual(["routing", "in-context history"]);
    for (const change of changes) {
      expect(change).toMatchObject({ change: 0, changeCi95: [0, 0], kind: "paired", pValueAdjusted: 1 });
      expect(change.deltaA).toBe(change.deltaB);
    }
    expect([onlyA, onlyB]).toEqual([[], []]);
  });

  it("pairs users and worlds: a constant gain is found with certainty, whatever the spread between users", () => {
    const { changes } = compareRuns(a, side({ methods: METHODS }, gained("routing", 0.25)));
    const [routing, other] = changes;
    expect(routing?.change).toBeCloseTo(0.25, 12);
    expect(routing?.changeCi95?.map((x) => Math.abs(x - 0.25) < 1e-9)).toEqual([true, true]);
    expect(routing?.pValue).toBeLessThan(0.001);
    expect(routing?.pValueAdjusted).toBeCloseTo(2 * (routing?.pValue ?? 0), 12);
    expect(other).toMatchObject({ change: 0 });
  });

  it("leaves out pairs that either run misses, and worlds and users that only one has", () => {
    const known = (run: typeof a, worlds: number[]) =>
      [...(run.differences.get("routing") ?? [])]
        .filter(([seed]) => worlds.includes(seed))
        .flatMap(([, users]) => [...users].filter(([, d]) => d !== null).map(([user]) => user));
    const more = side({ methods: METHODS, users: 30, worlds: 3 });
    const [routing] = compareRuns(a, more).changes;
    expect(routing?.kind).toBe("paired");
    expect(routing?.pairs).toBeLessThanOrEqual(known(a, [1, 2]).length);
    expect(routing?.pairs).toBeGreaterThan(0.8 * 24 * 2);
    const gap = (s: Sample): Sample =>
      s.method === "routing" && s.user === "test-0" ? { ...s, difference: null } : s;
    const [fewer] = compareRuns(a, side({ methods: METHODS }, gap)).changes;
    expect(fewer?.pairs).toBe(known(a, [1, 2]).filter((user) => user !== "test-0").length);
    expect(fewer?.change).toBe(0);
  });

  it("of other users adds up the two runs' own errors", () => {
    const other = side({ methods: METHODS, seed: 2 });
    const [routing] = compareRuns(a, other).changes;
    const summary = (results: Results) => results.methods.find((m) => m.name === "routing")!.summary;
    const change = summary(other.results).delta! - summary(a.results).delta!;
    expect(routing).toMatchObject({ kind: "unpaired", pairs: 0 });
    expect(routing?.change).toBeCloseTo(change, 12);
    const [low, high] = routing!.changeCi95!;
    expect((low + high) / 2).toBeCloseTo(change, 12);
    expect(routing!.pValue! < 0.05).toBe(low > 0 || high < 0);
    const halves = [a, other].map(({ results }) => {
      const [from, to] = summary(results).deltaCi95!;
      return (to - from) / 2;
    });
    // With more degrees of freedom than either side alone, the half-width is a little below the root of squares.
    expect((high - low) / 2).toBeLessThanOrEqual(Math.hypot(...halves));
    expect((high - low) / 2).toBeGreaterThan(0.9 * Math.hypot(...halves));
  });

  it("names methods that one run alone has; the baseline is none", () => {
    const b = side({ methods: [{ id: "none" }, { id: "routing" }, { id: "rag-summary" }] });
    const { changes, onlyA, onlyB } = compareRuns(a, b);
    expect(changes.map((c) => c.name)).toEqual(["routing"]);
    expect([onlyA, onlyB]).toEqual([["in-context history"], ["RAG-Summary"]]);
  });
});
