import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { runCli, startCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const config = {
  pool: "k2",
  users: { train: 12, validation: 4, test: 4 },
  worlds: [1],
  models: {
    base: { provider: "local", model: "random", maxTokens: 12, options: { threads: 0 } },
    rewriter: "sim:default",
    judge: "sim:default",
  },
  methods: [
    "none",
    {
      id: "prompt-optimization",
      rank: 2,
      epochs: 4,
      patience: 4,
      batchSize: 4,
      learningRate: 0.01,
      maxPromptTokens: 24,
      maxAnswerTokens: 16,
    },
  ],
};
const adapterOf = (out: string): string => join(folder, out, "adapters", "prompt-optimization", "world-1");
const resultsOf = (out: string): Results =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));

describe("prompt optimization on the command line", () => {
  beforeAll(() => {
    writeRandomCheckpoint(join(folder, "random"));
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  });

  it("stopped in the middle of training and continued, it comes to the same adapter and results", async () => {
    const whole = await runCli(["run", "config.json", "--out", "whole"], folder);
    expect(whole.code, whole.stderr).toBe(0);
    expect(whole.stderr).toContain("prompt optimization: epoch 4 ·");

    const { done, stop } = startCli(["run", "config.json", "--out", "stopped"], folder, {}, (text) => {
      if (text.includes("prompt optimization: epoch 1 ·")) stop();
    });
    const stopped = await done;
    expect(stopped.code, stopped.stderr).toBe(3);
    expect(stopped.stderr).not.toContain("epoch 4");
    const continued = await runCli(["run", "config.json", "--out", "stopped"], folder);
    expect(continued.code, continued.stderr).toBe(0);
    expect(continued.stderr).toContain("going on from the last checkpoint");

    for (const file of readdirSync(adapterOf("whole"))) {
      const [one, other] = ["whole", "stopped"].map((out) => readFileSync(join(adapterOf(out), file)));
      expect(other?.equals(one as Buffer), file).toBe(true);
    }
    expect(resultsOf("stopped").methods).toEqual(resultsOf("whole").methods);
    // The baseline's answers and those of the adapted model.
    const base = resultsOf("whole").usage.find(({ role }) => role === "base");
    expect(base).toMatchObject({ model: "local:random", calls: 8, failures: 0 });
  });

  it("is estimated as it asks, the embedder included", async () => {
    const models = {
      ...config.models,
      embedder: { provider: "local", model: "random", options: { threads: 0 } },
    };
    const methods = [
      { ...(config.methods[1] as object), epochs: 1 },
      { id: "rag-exemplar", k: 1 },
    ];
    const users = { train: 34, validation: 4, test: 2 };
    writeFileSync(join(folder, "two.json"), JSON.stringify({ ...config, models, methods, users }));
    const { rows } = JSON.parse((await runCli(["estimate", "two.json", "--json"], folder)).stdout);
    const run = await runCli(["run", "two.json", "--out", "two", "--json"], folder);
    expect(run.code, run.stderr).toBe(0);
    const asked = Map.groupBy((JSON.parse(run.stdout) as Results).usage, ({ role }) => role);
    for (const { role, asks } of rows as { role: string; asks: number }[]) {
      // A random model leaves answers empty, which no judge is asked of.
      if (role === "judge") continue;
      // Examples may be too long for so small a model: such a request is refused.
      const sum = asked.get(role)?.reduce((n, u) => n + u.calls + u.cacheHits - u.repeats + u.failures, 0);
      expect([role, asks]).toEqual([role, sum]);
    }
    expect([...asked.keys()].sort()).toEqual(["base", "candidate", "embedder", "judge", "rewriter"]);
  });

  it("writes the prompts of a run's users as vLLM takes them", async () => {
    const embed = ["adapters", "prompt-embeds", adapterOf("whole"), "--users", "whole/users.jsonl"];
    const { code, stdout, stderr } = await runCli([...embed, "--out", "prompts", "--json"], folder);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ users: 4, hiddenSize: 32, out: "prompts" });
    const lines = readFileSync(join(folder, "prompts", "prompts.jsonl"), "utf8")
      .trim()
      .split("\n");
    const [first] = lines.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ user: "test-00000", file: "00000.pt", softTokens: 1 });
    const file = readFileSync(join(folder, "prompts", first.file));
    expect(file.length).toBeGreaterThan(4 * first.shape[0] * first.shape[1]);

    const other = await runCli([...embed, "--out", "other", "--embedder", "sim:words"], folder);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("the projector takes vectors of sim:text-features");
    writeRandomCheckpoint(join(folder, "changed"));
    writeFileSync(join(folder, "changed", "generation_config.json"), "{}");
    const changed = await runCli([...embed, "--out", "other", "--base", "changed"], folder);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain("trained on another checkpoint");
    expect(existsSync(join(folder, "other"))).toBe(false);
  });

  it("is refused before anything is touched when the base LLM's weights are not at hand", async () => {
    const run = ["run", "config.json", "--model", "sim", "--out", "nothing"];
    const { code, stderr } = await runCli(run, folder);
    expect(code).toBe(2);
    expect(stderr).toContain("prompt optimization trains the base LLM");
    expect(stderr).toContain("methods[1]");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });

  it("names a wrong option", async () => {
    const methods = `methods=[{"id":"prompt-optimization","loss":"ppo"}]`;
    const { code, stderr } = await runCli(["run", "config.json", "--set", methods], folder);
    expect(code).toBe(2);
    expect(stderr).toContain("loss");
  });
});
