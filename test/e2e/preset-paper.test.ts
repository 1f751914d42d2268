import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

/** The presets at a fraction of their size, on the simulated model: with all of their settings. */
describe.each([
  ["paper", /^simulated: routing: the linear router, without a trainer$/m],
  [
    "paper-llama",
    /^simulated: routing: the linear router, without a trainer; left out, as there is no model to train: prompt optimization \(SimPO\), prompt optimization \(DPO\)$/m,
  ],
])("run --preset %s --model sim", (preset, note) => {
  it("runs whole without server and network: answers in a style are written and judged anew", async () => {
    const folder = temporaryFolder();
    const few = ["users.train=16", "users.validation=4", "users.test=6", "worlds=2"];
    const flags = few.flatMap((set) => ["--set", set]);
    const { code, stderr } = await runCli(
      ["run", "--preset", preset, "--model", "sim", ...flags, "--out", "run"],
      folder,
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(note);
    const results = JSON.parse(readFileSync(join(folder, "run", "results.json"), "utf8")) as Results;
    expect(results.simulated).toBe(true);
    expect(results.methods.map(({ id }) => id)).toEqual([
      "none",
      "routing-oracle",
      "routing",
      "rag-exemplar",
      "rag-summary",
    ]);
    expect(results.models.candidate.id).toBe("sim:other");
    const samples = readFileSync(join(folder, "run", "samples.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Sample);
    // Every different style that the oracle or the router chose for a user is an answer of the base LLM's own.
    const styled = samples.flatMap(({ user, label }) =>
      label === undefined ? [] : [`${user} ${JSON.stringify(label)}`],
    );
    const base = results.usage.find(({ role }) => role === "base");
    expect(base?.calls).toBeGreaterThanOrEqual(new Set(styled).size + 6);
    const candidate = results.usage.find(({ role }) => role === "candidate");
    expect(candidate?.calls).toBe(26 * 20);
    const scores = samples.flatMap((sample) => sample.scores.flatMap(({ score }) => score ?? []));
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.1);
    expect(Math.max(...scores)).toBeLessThanOrEqual(10);
    expect(scores.some((score) => !Number.isInteger(score))).toBe(true);
  });
});
