import { describe, expect, it } from "vitest";
import { simRun, summaryOf } from "../../test/support/sim-run.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { prompts } from "../core/prompt/prompts.ts";
import { matchPrompt } from "../core/prompt/template.ts";
import type { MethodId } from "../methods/registry.ts";

const SETTINGS = {
  pool: "k4",
  users: { train: 24, validation: 8, test: 20 },
  worlds: [3, 4],
  statistics: { resamples: 20, permutations: 20 },
};
const METHODS: MethodId[] = ["none", "routing-oracle", "routing"];
type Wrap = (model: LanguageModel, role: ModelRole) => LanguageModel;

/** A base LLM that withholds those of its answers under a system prompt that `refuses` picks. */
const refusingStyled =
  (refuses: (answer: string) => boolean): Wrap =>
  (model, role) => ({
    ...model,
    async generate(request) {
      const result = await model.generate(request);
      const isStyled = role === "base" && request.messages[0]?.role === "system";
      return isStyled && refuses(result.text)
        ? { ...result, text: "", finishReason: "filter" as const }
        : result;
    },
  });

describe("a run", () => {
  it("has the baseline as a method that never differs from itself, whether it is listed or not", async () => {
    const listed = await simRun({ ...SETTINGS, methods: ["none", "random-routing"] });
    expect(summaryOf(listed, "none")).toMatchObject({ delta: 0, win: 0, tie: 1, loss: 0, pValue: null });
    const unlisted = await simRun({ ...SETTINGS, methods: ["random-routing"] });
    expect(unlisted.outcome.baseline).toEqual(listed.outcome.baseline);
    expect(summaryOf(unlisted, "random routing").delta).toBe(summaryOf(listed, "random routing").delta);
  });

  it("makes only the users that its methods need", async () => {
    const { outcome, users } = await simRun({ ...SETTINGS, methods: ["none", "in-context"] });
    expect(outcome.users).toMatchObject({ train: 0, validation: 0, test: 20 });
    expect(outcome.ratings).toEqual({ asked: 0, missing: 0 });
    expect(users).toHaveLength(20);
  });

  it("makes users, candidates and ratings once for all worlds, and a method's results do not depend on the others", async () => {
    const asked: Record<ModelRole, Set<string>> = {
      base: new Set(),
      candidate: new Set(),
      rewriter: new Set(),
      judge: new Set(),
    };
    const repeats: string[] = [];
    const wrap: Wrap = (model, role) => ({
      ...model,
      generate(request) {
        const text = JSON.stringify(request);
        if ((role === "candidate" || role === "rewriter") && asked[role].has(text)) repeats.push(text);
        asked[role].add(text);
        return model.generate(request);
      },
    });
    const all = await simRun({ ...SETTINGS, methods: METHODS }, { wrap });
    expect(repeats).toEqual([]);
    expect(asked.candidate.size).toBe((24 + 8 + 20) * 8);
    const alone = await simRun({ ...SETTINGS, methods: ["none", "routing"] });
    const of = (run: typeof all) => run.samples.filter((s) => s.method === "routing");
    expect(of(alone)).toEqual(of(all));
    // A world more changes nothing in the others.
    const more = await simRun({ ...SETTINGS, worlds: [3, 5, 4], methods: ["none", "routing"] });
    expect(of(more).filter((s) => s.world !== 5)).toEqual(of(all));
  });

  it("counts a missing score as missing, in no mean", async () => {
    /** A judge who says nothing about some answers. */
    const silent: Wrap = (model, role) => ({
      ...model,
      async generate(request) {
        const result = await model.generate(request);
        const judged = role === "judge" ? matchPrompt(prompts.judge, request.messages) : null;
        return judged !== null && judged.text!.length % 5 === 0 ? { ...result, text: "no score" } : result;
      },
    });
    const run = await simRun({ ...SETTINGS, methods: METHODS }, { wrap: silent });
    expect(run.outcome.ratings.missing).toBeGreaterThan(0.1 * run.outcome.ratings.asked);
    for (const { name, summary } of run.outcome.methods) {
      const samples = run.samples.filter((s) => s.method === name);
      const known = samples.flatMap((s) => (s.difference === null ? [] : [s.difference]));
      expect(summary.missing, name).toBe(samples.length - known.length);
      expect(summary.missing, name).toBeGreaterThan(0);
      for (const s of samples) {
        const isGap = s.reward === null || s.baselineReward === null;
        expect(s.difference === null).toBe(isGap);
        if (s.scores.some((x) => x.score === null)) expect(s.reward).toBeNull();
      }
      const worlds = [3, 4].map((world) => {
        const d = samples.flatMap((s) => (s.world === world && s.difference !== null ? [s.difference] : []));
        return d.reduce((a, b) => a + b, 0) / d.length;
      });
      expect(summary.delta, name).toBeCloseTo((worlds[0]! + worlds[1]!) / 2, 10);
    }
  });

  it("counts a refused answer as missing", async () => {
    const run = await simRun(
      { ...SETTINGS, methods: ["none", "random-routing"] },
      { wrap: refusingStyled((text) => text.length % 2 === 0) },
    );
    const samples = run.samples.filter((s) => s.method === "random routing");
    const refused = samples.filter((s) => s.answer === null);
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.length).toBeLessThan(35);
    expect(refused.every((s) => s.reward === null && s.difference === null)).toBe(true);
    expect(summaryOf(run, "random routing").missing).toBe(refused.length);
  });

  it("stops when every answer of a method is refused, and says why", async () => {
    const run = simRun(
      { ...SETTINGS, methods: ["none", "random-routing"] },
      { wrap: refusingStyled(() => true) },
    );
    await expect(run).rejects.toMatchObject({
      message: expect.stringMatching(/18 of the first 18 asks of the base gave nothing usable; .*withheld/),
      where: "base sim:default, world 1 (seed 3), random routing",
    });
  });

  it("is a failure when no answer has a reward", async () => {
    const mute: Wrap = (model, role) => ({
      ...model,
      generate: async (request) =>
        role === "judge"
          ? { ...(await model.generate(request)), text: "A fine text, I should say." }
          : model.generate(request),
    });
    const few = {
      ...SETTINGS,
      users: { test: 2 },
      methods: ["none" as const, "in-context" as const],
      worlds: [3],
    };
    await expect(simRun(few, { wrap: mute })).rejects.toMatchObject({
      message: expect.stringMatching(/asks of the judge gave nothing usable; .*no score.*: A fine text/),
    });
  });

  it("scores the oracle, which chooses by ratings, by a second draw of the judge, where there is one", async () => {
    const samples = new Set<string>();
    const listening =
      (extra: Partial<LanguageModel>): Wrap =>
      (model, role) =>
        role !== "judge"
          ? model
          : {
              ...model,
              ...extra,
              generate(request) {
                const slots = matchPrompt(prompts.judge, request.messages);
                samples.add(`${request.sample} ${slots?.text} ${slots?.principle}`);
                return model.generate(request);
              },
            };
    const settings = { ...SETTINGS, methods: METHODS, judge: { retries: 3 } };
    const drawn = await simRun(settings, { wrap: listening({}) });
    const oracle = drawn.samples.filter((s) => s.method === "routing oracle");
    for (const { answer, scores } of oracle) {
      for (const { principle } of scores) {
        expect(samples).toContain(`3 ${answer} ${principle}`);
        expect(samples).toContain(`0 ${answer} ${principle}`);
      }
    }
    const others = drawn.samples.filter((s) => s.method === "routing");
    const seconds = [...samples].filter((s) => s.startsWith("3 "));
    expect(seconds.length).toBeLessThanOrEqual(oracle.length);
    expect(others.length).toBeGreaterThan(0);

    samples.clear();
    const same = await simRun(settings, { wrap: listening({ deterministic: true }) });
    expect([...samples].filter((s) => s.startsWith("3 "))).toEqual([]);
    const drawOf = (run: typeof drawn) => run.outcome.methods.find((m) => m.id === "routing-oracle")?.draw;
    expect([drawOf(drawn), drawOf(same)]).toEqual(["second", "first"]);
    // The luck of the choice is gone, and with it a part of the gain.
    expect(summaryOf(drawn, "routing oracle").delta).toBeLessThan(summaryOf(same, "routing oracle").delta!);
  });
});
