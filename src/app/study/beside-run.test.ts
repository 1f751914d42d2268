import { describe, expect, it } from "vitest";
import { memorySystem } from "../../../test/support/memory-system.ts";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import { UsageError } from "../../core/errors.ts";
import { RESULTS_SCHEMA } from "../../core/run-record.ts";
import { resultConfig } from "../../pipeline/run.ts";
import { completeConfig } from "../resolve.ts";
import { configBesideRun, refuseOtherRun } from "./beside-run.ts";

const judge: ModelConfig = { provider: "openai", model: "m", baseUrl: "http://here:8000/v1", maxTokens: 60 };
const configWith = (change: Partial<ModelConfig>) =>
  completeConfig(memorySystem().system, { out: "runs/a", models: { judge: { ...judge, ...change } } });

/** A study beside a run that was made with `run`, asked for with `now`. */
function beside(run: object, now: Partial<ModelConfig>): void {
  const results = JSON.stringify({ schema: RESULTS_SCHEMA, config: run });
  const { system } = memorySystem({ "runs/a/results.json": results });
  refuseOtherRun(system, configWith(now), "apm-bench audit");
}

describe("a study beside a run", () => {
  const run = resultConfig(configWith({}));

  it.each<Partial<ModelConfig>>([
    { price: { input: 1, output: 2 } },
    { baseUrl: "http://there:9000/v1" },
    { apiKeyEnv: "OTHER_KEY" },
    { concurrency: 3, requestsPerMinute: 60, timeoutSeconds: 5, patienceSeconds: 5 },
  ])("is not refused for what decides no answer: %j", (change) => {
    expect(() => beside(run, change)).not.toThrow();
    // Earlier versions wrote these into the record.
    expect(() => beside({ ...run, models: configWith(change).models }, {})).not.toThrow();
  });

  it("of an earlier version asks its judge as that run did", () => {
    const { constrain: _, order: __, ...freely } = run.judge;
    const { system } = memorySystem({ "runs/a/config.json": JSON.stringify({ ...run, judge: freely }) });
    const flags = { preset: "default", set: ["seed=1"] };
    expect(configBesideRun(system, "runs/a", flags).flags.set).toEqual([
      "judge.constrain=off",
      "judge.order=property-first",
      "seed=1",
    ]);
    const whole = memorySystem({ "runs/a/config.json": JSON.stringify(run) });
    expect(configBesideRun(whole.system, "runs/a", flags).flags.set).toEqual(["seed=1"]);
    const asked = {
      ...configWith({}),
      judge: { ...run.judge, constrain: "off", order: "property-first" } as const,
    };
    const results = JSON.stringify({ schema: RESULTS_SCHEMA, config: { ...run, judge: freely } });
    const stored = memorySystem({ "runs/a/results.json": results });
    expect(() => refuseOtherRun(stored.system, asked, "apm-bench audit")).not.toThrow();
    expect(() => refuseOtherRun(stored.system, configWith({}), "apm-bench audit")).toThrow(/judge/);
  });

  it.each<Partial<ModelConfig>>([
    { model: "n" },
    { temperature: 0 },
    { maxTokens: 61 },
    { systemMessage: "merge" },
    { options: { top_a: 1 } },
  ])("is refused for another judge: %j", (change) => {
    expect(() => beside(run, change)).toThrow(UsageError);
    expect(() => beside(run, change)).toThrow(/other settings \(models\)/);
  });
});
