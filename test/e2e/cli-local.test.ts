import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { RANDOM_CONFIG, writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const config = (threads: number, more: object = {}): string =>
  JSON.stringify({
    pool: "k2",
    users: { train: 12, validation: 4, test: 6 },
    worlds: 1,
    models: {
      base: { provider: "local", model: "random", maxTokens: 12, options: { threads } },
      rewriter: "sim:default",
      judge: "sim:default",
      embedder: "local:random",
    },
    methods: ["none", "routing", "rag-exemplar"],
    // A model of one's own costs nothing: no price is asked for.
    budget: { usd: 1 },
    ...more,
  });
const resultsOf = (out: string): Results =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));

describe("a run on a checkpoint folder", () => {
  beforeAll(() => {
    // A token a byte: prompts with several answers within are long.
    writeRandomCheckpoint(join(folder, "random"), { ...RANDOM_CONFIG, maxPositions: 8192 });
    for (const threads of [0, 2]) writeFileSync(join(folder, `${threads}.json`), config(threads));
  });

  it("ends by itself, with the same results on any number of threads", async () => {
    const runs = await Promise.all(
      [0, 2].map((n) => runCli(["run", `${n}.json`, "--out", `out${n}`], folder)),
    );
    for (const { code, stderr } of runs) expect(code, stderr).toBe(0);
    const [none, two] = [resultsOf("out0"), resultsOf("out2")];
    expect(two.methods).toEqual(none.methods);
    expect(two.baseline).toEqual(none.baseline);
    const used = two.usage.filter(({ model }) => model === "local:random");
    expect(used.map(({ role }) => role).sort()).toEqual(["base", "candidate", "embedder"]);
    for (const row of used) expect(row).toMatchObject({ costUsd: 0 });
  });

  it("asks nothing again in the same directory", async () => {
    const { code, stderr } = await runCli(["run", "2.json", "--out", "out2"], folder);
    expect(code, stderr).toBe(0);
    expect(resultsOf("out2").usage.map(({ calls }) => calls)).toEqual(resultsOf("out2").usage.map(() => 0));
  });

  it("is checked by doctor and estimated at no cost", async () => {
    const doctor = await runCli(["doctor", "2.json", "--json"], folder);
    const checks: { what: string; ok: boolean; found: string }[] = JSON.parse(doctor.stdout).checks;
    const found = (what: string) => checks.find((check) => check.what === what);
    expect(found("base local:random")).toMatchObject({ ok: true, found: expect.stringMatching(/^answers/) });
    expect(found("embedder local:random")).toMatchObject({ ok: true, found: "answers (32 numbers a text)" });
    const { stdout } = await runCli(["estimate", "2.json", "--json"], folder);
    expect(JSON.parse(stdout).total.costUsd).toBe(0);
  });

  it("does not begin with a folder that is none", async () => {
    const { code, stderr } = await runCli(["run", "--preset", "smoke", "--model", "local:nowhere"], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no checkpoint "nowhere"/);
  });
});
