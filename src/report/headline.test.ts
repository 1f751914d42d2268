import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runFixture } from "../../test/support/run-fixture.ts";
import type { MethodRole } from "../core/config/ids.ts";
import { type MethodResult, type MethodSummary, type Results, VERDICTS } from "../core/run-record.ts";
import { roleOf } from "../methods/about.ts";
import { holm } from "../statistics/correction.ts";
import { infer } from "../statistics/crossed.ts";
import { meanOverWorlds } from "../statistics/linearised.ts";
import { verdictOf } from "../statistics/verdict.ts";
import { headline, remarks, verdictGroups } from "./headline.ts";
import { renderReport } from "./html.ts";
import { mainTables } from "./terminal.ts";

const base = runFixture({ users: 10, worlds: 5 }).results;
const [none, oracle, routing, rag, summary] = base.methods as [
  MethodResult,
  MethodResult,
  MethodResult,
  MethodResult,
  MethodResult,
];

function given(method: MethodResult, change: Partial<MethodSummary>): MethodResult {
  const plain = { missing: 0, minimalDetectableEffect: 0.25, minimalDetectableEffectAdjusted: 0.35 };
  const { shareOfOracle: _, ...own } = method.summary;
  return { ...method, summary: { ...own, ...plain, ...change } };
}

const gain = (
  method: MethodResult,
  delta: number | null,
  deltaCi95: MethodSummary["deltaCi95"],
  verdict: MethodSummary["verdict"],
  [pValue, pValueAdjusted]: [number | null, number | null] = [0.001, 0.004],
): MethodResult => given(method, { delta, deltaCi95, verdict, pValue, pValueAdjusted });

const withMethods = (...methods: MethodResult[]): Results => ({ ...base, methods: [none, ...methods] });
const inWorlds = (results: Results, worlds: number): Results => ({
  ...results,
  worlds: results.worlds.slice(0, worlds),
});

describe("the headline", () => {
  const results = withMethods(
    gain(oracle, 2, [1.5, 2.5], "better", [0.001, null]),
    gain(rag, -1, [-1.5, -0.5], "worse"),
    gain(routing, 1, [0.5, 1.5], "better"),
    gain(summary, 0.4, [0.02, 0.78], "no significant difference", [0.04, 0.12]),
  );

  it("lists methods by verdict, the strongest first, and the checks apart", () => {
    expect(headline(results).split("\n").slice(0, 5)).toEqual([
      "SIMULATED: users (rewriter), candidates (candidate), answers (base) and scores (judge) come from the embedded simulated model. They show how the benchmark works, not how any real LLM behaves.",
      "Better than no personalization: routing +1.00 [+0.50, +1.50].",
      "Worse than no personalization: RAG-Exemplar −1.00 [−1.50, −0.50].",
      "No significant difference: RAG-Summary +0.40 [+0.02, +0.78] (not significant after correction for 3 methods).",
      "Checks of the set-up, each by its own test: routing oracle +2.00 [+1.50, +2.50] better (p 0.001).",
    ]);
    expect(headline({ ...results, simulated: false })).not.toContain("SIMULATED");
    expect(headline({ ...results, simulatedRoles: ["judge"] })).toMatch(/^SIMULATED: scores \(judge\) come/);
  });

  it("says when nothing is better or worse, without reading like a method's name", () => {
    const text = headline(withMethods(gain(summary, 0.1, [-0.1, 0.2], "practically the same", [0.5, 0.5])));
    expect(text).toContain("No method is significantly better than no personalization.");
    expect(text).toContain("No method is significantly worse.");
    expect(text).toContain(
      "Practically the same as no personalization (interval within ±0.25): RAG-Summary +0.10",
    );
    expect(headline(withMethods(gain(routing, null, null, "no result", [null, null])))).toContain(
      "No result (no score at all): routing –.",
    );
  });

  it("notes a significant effect that is too small to matter", () => {
    expect(headline(withMethods(gain(routing, 0.1, [0.05, 0.15], "better")))).toContain(
      "Better than no personalization: routing +0.10 [+0.05, +0.15] (within the margin).",
    );
  });

  it("speaks of one or two worlds alone where there are no more, and advises five", () => {
    for (const [worlds, words] of [
      [1, "in this world"],
      [2, "in these two worlds"],
    ] as const) {
      const lines = headline(inWorlds(results, worlds)).split("\n");
      expect(
        lines.filter((l) => /no personalization|difference|worse|Checks|detectable/i.test(l)).length,
      ).toBe(5);
      for (const line of lines.filter((l) => /no personalization|No significant|Checks|detectable/.test(l))) {
        expect(line).toContain(words);
      }
      expect(lines.join(" ")).toContain("run 5 worlds or more");
    }
    expect(headline(results)).not.toContain("run 5 worlds");
    expect(headline(inWorlds(results, 3))).toContain("run 5 worlds or more");
  });

  it("says what a run of its size could have found, and not what lies beyond the scale", () => {
    const text = (change: Partial<MethodSummary>): string =>
      remarks(withMethods(given(routing, change), given(rag, { minimalDetectableEffect: 0.5 }))).join(" ");
    expect(text({})).toContain(
      "Minimum detectable effect at 80 % power, 10 users in 5 worlds: 0.25 to 0.50 by one unadjusted test at the 5 % level; 0.35 at the first step of Holm for 2 methods",
    );
    expect(text({ minimalDetectableEffect: 20 })).toContain(
      "0.50 and more (for some methods too few users or worlds to say)",
    );
  });

  it("tells the share of the oracle's gain with its interval, of methods that are better", () => {
    const share = { share: 0.28, ci95: [0.21, 0.36] as const };
    expect(remarks(withMethods(given(routing, { shareOfOracle: share }))).join(" ")).toContain(
      "Share of the routing oracle's gain: routing 28% [21%, 36%].",
    );
    expect(remarks(results).join(" ")).not.toContain("oracle's gain");
  });

  it("counts pairs that are missing", () => {
    const missing = given(routing, { missing: 3, users: 10, worlds: 2 });
    expect(remarks({ ...base, methods: [missing] }).at(-1)).toBe(
      "3 of 20 pairs have no reward and are left out.",
    );
  });
});

/** A method of each role. */
const IDS: Readonly<Record<MethodRole, string>> = {
  baseline: "none",
  method: "routing",
  oracle: "routing-oracle",
  floor: "random-routing",
};

/** A run of made-up tables: figures by the product's own functions, roles as given. */
function runOf(tables: readonly Float64Array[], roles: readonly MethodRole[], worlds: number): Results {
  const found = tables.map((values) =>
    infer(meanOverWorlds({ users: values.length / worlds, worlds, values })),
  );
  const adjusted = holm(found.map((f, i) => (roles[i] === "method" ? (f?.pValue ?? null) : null)));
  const methods = found.map((f, i): MethodResult => {
    const own = {
      delta: f?.estimate ?? null,
      deltaCi95: f?.ci95 ?? null,
      pValue: f?.pValue ?? null,
      pValueAdjusted: adjusted[i] ?? null,
    };
    const verdict = verdictOf(own, base.config.statistics.margin);
    return { ...given(routing, { ...own, verdict }), name: `method ${i}`, id: IDS[roles[i] as MethodRole] };
  });
  return { ...inWorlds(base, worlds), methods: [none, ...methods] };
}

describe("agreement", () => {
  const runs = fc
    .record({
      users: fc.integer({ min: 1, max: 6 }),
      worlds: fc.integer({ min: 1, max: 4 }),
      roles: fc.array(fc.constantFrom<MethodRole>("method", "method", "floor", "oracle"), {
        minLength: 1,
        maxLength: 5,
      }),
    })
    .chain(({ users, worlds, roles }) => {
      const size = { minLength: users * worlds, maxLength: users * worlds };
      const cells = fc.oneof(
        fc.array(fc.integer({ min: -3, max: 3 }), size),
        fc.array(fc.integer({ min: 0, max: 2 }), size),
        fc.array(fc.constantFrom(Number.NaN, -1, 0, 1), size),
      );
      return fc.array(cells, { minLength: roles.length, maxLength: roles.length }).map((tables) =>
        runOf(
          tables.map((t) => Float64Array.from(t)),
          roles,
          worlds,
        ),
      );
    });

  it("no run exists in which headline, table and report disagree", () => {
    fc.assert(
      fc.property(runs, (results) => {
        const [lines, rows] = [headline(results).split("\n"), mainTables(results).split("\n")];
        const groups = verdictGroups(results);
        const report = renderReport({ ...results, pairs: [] });
        for (const { name, id, summary: s } of results.methods.slice(1)) {
          const role = roleOf({ id });
          expect(VERDICTS).toContain(s.verdict);
          const group = groups.filter(({ methods }) => methods.some((m) => m.name === name));
          expect(group.map((g) => g.verdict)).toEqual([role === "method" ? s.verdict : "check"]);
          const own = lines.find((l) => l.startsWith(`${group[0]?.title}: `)) ?? "";
          expect(own).toContain(name);
          if (role !== "method") expect(own).toMatch(new RegExp(`${name} [^:(]* ${s.verdict} \\(p `));
          const at = rows.findIndex((l) => l.startsWith(name));
          const next = rows.findIndex((l, i) => i > at && !l.startsWith(" "));
          // A verdict of many words takes several lines of its column.
          const row = rows
            .slice(at, next < 0 ? undefined : next)
            .map((l) => l.trim())
            .join(" ");
          expect(row).toContain(s.verdict);
          expect(report).toContain(s.verdict);

          const p = role === "method" ? s.pValueAdjusted : s.pValue;
          expect(s.verdict === "better").toBe(p !== null && p < 0.05 && s.delta! > 0);
          expect(s.verdict === "worse").toBe(p !== null && p < 0.05 && s.delta! < 0);
          const leaves0Out = s.deltaCi95 !== null && (s.deltaCi95[0] > 0 || s.deltaCi95[1] < 0);
          expect(s.pValue !== null && s.pValue < 0.05).toBe(leaves0Out);
          const isMarked = leaves0Out && role === "method" && !(s.pValueAdjusted! < 0.05);
          expect(row.includes("not significant after correction")).toBe(isMarked);
          expect(s.verdict === "no result").toBe(s.delta === null);
        }
      }),
      { numRuns: 30 },
    );
  });
});
