import { beforeAll, describe, expect, it } from "vitest";
import type { UserConfig } from "../../src/core/config/schema.ts";
import { fingerprint } from "../../src/core/hash.ts";
import type { LanguageModel } from "../../src/core/ports/language-model.ts";
import { plainMessages, prompts } from "../../src/core/prompt/prompts.ts";
import { matchPrompt, matchTemplate } from "../../src/core/prompt/template.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { accuracyOf, gainOver, type SimRun, simRun, summaryOf } from "../support/sim-run.ts";
import { STUDY } from "./study.ts";

const ROUTES: UserConfig = {
  ...STUDY,
  methods: ["none", "routing-oracle", "routing", "majority-routing", "random-routing"],
};
const DISOBEDIENT = { obedience: 0, avoidObedience: 0 };
const CHANCE = 1 / 8; // K = 4: eight labels

/**
 * Answers a style request as if no style had been asked for: one more draw of the plain answer for each label. An
 * oracle over these gains what choosing among 2K answers gives by itself.
 */
function withoutStyles(model: LanguageModel): LanguageModel {
  const { follow, avoid } = prompts.respond.parts;
  return {
    ...model,
    generate(request) {
      const asked = matchPrompt(prompts.respond, request.messages);
      const instruction = asked?.instruction ?? "";
      const isStyle = [follow, avoid].some((part) => matchTemplate(part!, instruction) !== null);
      if (!isStyle) return model.generate(request);
      const sample = 1 + Number.parseInt(fingerprint(instruction).slice(0, 8), 16);
      return model.generate({ ...request, messages: plainMessages(asked?.prompt ?? ""), sample });
    },
  };
}

describe("strengths of the simulated world", () => {
  const store = memoryStore();
  let normal: SimRun;
  beforeAll(async () => {
    normal = await simRun(ROUTES, { store });
  });

  it("no obedience: styles change nothing, and the oracle gains what choosing among as many plain answers gains", async () => {
    const run = await simRun(ROUTES, { store, strengths: DISOBEDIENT });
    const chosenOfPlain = await simRun(ROUTES, { store, wrap: withoutStyles });
    for (const method of ["routing", "majority routing", "random routing"]) {
      expect(gainOver(run, method, "none").p, method).toBeGreaterThan(0.01);
    }
    expect(Math.abs(accuracyOf(run, "routing oracle") - CHANCE)).toBeLessThan(0.05);
    const gainOf = (r: SimRun) => summaryOf(r, "routing oracle").delta as number;
    const [low, high] = summaryOf(chosenOfPlain, "routing oracle").deltaCi95 as [number, number];
    expect(gainOf(run)).toBeGreaterThan(low);
    expect(gainOf(run)).toBeLessThan(high);
    expect(gainOf(normal)).toBeGreaterThan(high);
    expect(accuracyOf(normal, "routing oracle")).toBeGreaterThan(3 * CHANCE);
  });

  it("no cues: routing equals majority routing", async () => {
    const run = await simRun(ROUTES, { store, strengths: { cueRate: 0 } });
    const { gain, p } = gainOver(run, "routing", "majority routing");
    expect(p).toBeGreaterThan(0.01);
    expect(Math.abs(gain)).toBeLessThan(0.3);
    expect(Math.abs(accuracyOf(run, "routing") - CHANCE)).toBeLessThan(0.05);
  });

  it("a noiseless judge: larger W/L", async () => {
    const run = await simRun(ROUTES, { store, strengths: { judgeNoise: 0 } });
    for (const method of ["routing", "routing oracle"]) {
      const [noiseless, noisy] = [run, normal].map((r) => summaryOf(r, method).winLossRatio as number);
      expect(noiseless, method).toBeGreaterThan(noisy as number);
    }
  });
});
