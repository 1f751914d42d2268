import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { runFixture } from "../../../test/support/run-fixture.ts";
import type { MethodResult, Results } from "../../core/run-record.ts";
import { agreement, runFigures } from "./run-figures.ts";
import { standaloneSvg } from "./svg.ts";

const { results } = runFixture({ users: 40, worlds: 2, k: 4 });

describe("figures of a run", () => {
  it("are whole SVG files of their own, with a text for screen readers and no reference to anything outside", () => {
    for (const { id, svg } of runFigures(results)) {
      const file = standaloneSvg(svg, { simulated: true, simulatedRoles: ["base", "judge"] });
      const root = new DOMParser().parseFromString(file, "image/svg+xml").documentElement;
      expect(root?.querySelector("metadata")?.textContent).toMatch(
        /^SIMULATED: answers \(base\) and scores \(judge\)/,
      );
      expect([...(root?.querySelectorAll("text") ?? [])].at(-1)?.textContent).toMatch(
        /^SIMULATED \(base, judge\)/,
      );
      expect(standaloneSvg(svg, { simulated: false })).not.toMatch(/simulated/i);
      expect([id, root?.tagName, root?.getAttribute("role")]).toEqual([id, "svg", "img"]);
      expect(root?.getAttribute("aria-label")?.length).toBeGreaterThan(10);
      expect(svg.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
        /href|url\(|https?:|<script|<style/,
      );
    }
  });

  it("have names of their own, also when methods' names differ in punctuation alone", () => {
    const twins = ["my method", "My-Method", "我的"].map((name) => ({ id: "routing" as const, name }));
    const figures = runFigures(runFixture({ users: 12, methods: [{ id: "none" }, ...twins] }).results);
    const ids = figures.map((f) => f.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9-]+$/);
  });

  it("draw what there is when figures are missing or unbounded", () => {
    const empty = (m: MethodResult): MethodResult => ({
      ...m,
      summary: {
        ...m.summary,
        delta: null,
        deltaCi95: null,
        winLossRatio: null,
        winLossRatioCi95: null,
        win: null,
        tie: null,
        loss: null,
      },
      perWorld: m.perWorld.map((w) => ({ ...w, delta: null })),
      perPrinciple: [],
      perAttribute: [],
      differences: { ...m.differences, counts: m.differences.counts.map(() => 0) },
    });
    const unbounded = (m: MethodResult): MethodResult => ({
      ...m,
      summary: { ...m.summary, winLossRatio: 3, winLossRatioCi95: [2, null] },
    });
    const [none, first, second] = results.methods as [MethodResult, MethodResult, MethodResult];
    const drawn = runFigures({ ...results, methods: [none, empty(first), unbounded(second)] });
    expect(drawn.find((f) => f.id === "win-loss")?.svg).toContain("3.00 [2.00, ∞]");
    for (const { svg } of drawn) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const nothing: Results = { ...results, methods: [none, empty(first)] };
    expect(runFigures(nothing).map((f) => f.id)).not.toContain("delta-by-principle");
    for (const { svg } of runFigures(nothing)) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("count the oracle's styles as the wanted ones", () => {
    const oracle = results.methods.find((m) => m.id === "routing-oracle") as MethodResult;
    expect(agreement(oracle)).toEqual({ pairs: 80, style: 80, principle: 80 });
  });
});
