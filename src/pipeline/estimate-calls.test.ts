import { describe, expect, it } from "vitest";
import { meteredRun, usageByRole } from "../../test/support/metered-run.ts";
import type { UserConfig } from "../core/config/schema.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { prompts } from "../core/prompt/prompts.ts";
import { matchPrompt } from "../core/prompt/template.ts";
import { METHOD_IDS, METHODS } from "../methods/registry.ts";
import { type CallCount, estimateCalls } from "./estimate-calls.ts";

const SMALL: UserConfig = {
  pool: "k4",
  users: { train: 40, validation: 8, test: 24 },
  worlds: [3, 4, 5],
  statistics: { resamples: 10, permutations: 10 },
};
const external = (url: string, fit: boolean) => ({ id: "external", url: `http://127.0.0.1:9/${url}`, fit });
/** Methods that need no weights; `external` with and without training. */
const SIMULATED = [
  ...METHODS.flatMap((m) => ("tunes" in m || m.id === "external" ? [] : [{ id: m.id as string }])),
  { id: "routing", name: "routing, rewards", labels: "rewards", features: "both" },
  { id: "knn-routing", name: "k-NN routing, k = 4", k: 4 },
  { id: "reward-rerank", name: "the best of four draws", pool: "samples", n: 4, features: "ngrams" },
  { id: "reward-rerank", name: "the best of styles and draws", pool: "both", n: 3 },
  { ...external("plain", false), name: "external, not fitted" },
  external("fitted", true),
];

type Totals = Record<string, { asks: number; calls: number }>;

const totals = (counts: readonly CallCount[]): Totals => {
  const sums: Totals = {};
  for (const { role, asks, calls } of counts) {
    const sum = (sums[role] ??= { asks: 0, calls: 0 });
    sum.asks += asks;
    sum.calls += calls;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, { asks }]) => asks > 0));
};

/** What was estimated, beside what a run in memory then asked. */
async function beside(settings: UserConfig, wrap?: (model: LanguageModel, role: ModelRole) => LanguageModel) {
  const { run, methods, usage } = await meteredRun(settings, wrap);
  return { estimated: totals(estimateCalls(run, methods, true)), used: usageByRole(usage) };
}

const asksOf = (totals: Totals): Record<string, number> =>
  Object.fromEntries(Object.entries(totals).map(([role, { asks }]) => [role, asks]));

describe("what an estimate says a run will ask", () => {
  it("knows every method of the registry", () => {
    const tried = new Set([...SIMULATED.map(({ id }) => id), "prompt-optimization"]);
    expect([...tried].sort()).toEqual([...METHOD_IDS].sort());
  });

  it.each(SIMULATED.map((m) => ["name" in m ? m.name : m.id, m] as const))(
    "is what a run of %s asks, role by role",
    async (_name, method) => {
      const { estimated, used } = await beside({ ...SMALL, methods: [method] });
      expect(asksOf(estimated)).toEqual(asksOf(used));
    },
  );

  it.each<[string, UserConfig]>([
    ["all methods together", {}],
    ["two attributes, dense mappings", { activeAttributes: 2, mapping: { kind: "gaussian" } }],
    ["more targets than a user has preferences", { targets: 3 }],
    ["ratings of targets alone", { judge: { ratings: "targets" } }],
    ["no history", { historyLength: 0 }],
  ])("is what a run asks: %s", async (_name, settings) => {
    const { estimated, used } = await beside({ ...SMALL, ...settings, methods: SIMULATED });
    expect(asksOf(estimated)).toEqual(asksOf(used));
  });

  it("leaves repeats aside: asks again of the judge, and all for users who were replaced", async () => {
    const wrap = (model: LanguageModel, role: ModelRole): LanguageModel => ({
      ...model,
      async generate(request) {
        const result = await model.generate(request);
        const rewritten = matchPrompt(prompts.rewrite, request.messages)?.prompt;
        if (rewritten !== undefined && rewritten.length % 17 === 0) return { ...result, text: "" };
        return role === "judge" && request.sample === 0 && result.usage.inputTokens % 3 === 0
          ? { ...result, text: "hm" }
          : result;
      },
    });
    const methods = ["none", "routing", "in-context", "rag-summary"];
    const { estimated, used } = await beside({ ...SMALL, methods }, wrap);
    expect(asksOf(estimated)).toEqual(asksOf(used));
    expect(used.judge!.repeats).toBeGreaterThan(100);
    expect(used.rewriter!.repeats).toBeGreaterThan(3);
  });

  it("says exactly what must be paid for in one world with the oracle", async () => {
    // Which of several draws is chosen, and is perhaps judged already, nobody knows: those are counted as new.
    const methods = SIMULATED.filter((m) => !("pool" in m));
    const { estimated, used } = await beside({ ...SMALL, worlds: 1, methods });
    for (const [role, { calls }] of Object.entries(estimated)) {
      // Who will be replaced, nobody knows beforehand; nor which two answers will be the same to the letter.
      const paid = used[role]!.calls - used[role]!.repeats;
      const slack = role === "judge" ? 0.001 * paid : 0;
      expect(Math.abs(calls - paid), `${role}: ${calls} estimated, ${paid} paid`).toBeLessThanOrEqual(slack);
    }
  });

  it("and within 2 % in several worlds, where choices repeat by chance", async () => {
    const methods = SIMULATED.filter((m) => !("pool" in m));
    const { estimated, used } = await beside({ ...SMALL, pool: "k10", worlds: 5, methods });
    for (const [role, { calls }] of Object.entries(estimated)) {
      const paid = used[role]!.calls - used[role]!.repeats;
      expect(Math.abs(calls / paid - 1), `${role}: ${calls} estimated, ${paid} paid`).toBeLessThan(0.02);
    }
  });

  it("shows by another number that a method's own account is wrong", async () => {
    const { run, methods, usage } = await meteredRun({
      ...SMALL,
      worlds: 1,
      methods: ["none", "in-context"],
    });
    const wrong = methods.map((method) => ({
      ...method,
      calls: (sizes: Parameters<typeof method.calls>[0]) =>
        method.calls(sizes).map((c) => ({ ...c, asks: 2 * c.asks })),
    }));
    expect(asksOf(totals(estimateCalls(run, methods, true)))).toEqual(asksOf(usageByRole(usage)));
    expect(asksOf(totals(estimateCalls(run, wrong, true)))).not.toEqual(asksOf(usageByRole(usage)));
  });
});
