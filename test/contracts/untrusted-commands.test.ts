import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const ENV = { PATH: process.env.PATH as string, XDG_STATE_HOME: join(folder, "state") };
const MARK = join(folder, "executed");
const SIZE = {
  pool: "k2",
  users: { train: 6, validation: 2, test: 4 },
  conversations: { perUser: 3 },
  worlds: 1,
  methods: ["none", "in-context"],
  statistics: { resamples: 20, permutations: 20 },
};
/** A model whose command leaves a mark; its server never answers. */
const marking = {
  ...{ provider: "openai", model: "m", baseUrl: "http://127.0.0.1:1/v1", patienceSeconds: 0.2 },
  serve: ["touch", MARK],
};
const models = { base: marking, judge: { ...marking, model: "judge" } };
const file = (...path: string[]): string => join(folder, ...path);
const json = (path: string): { config?: { models: object }; models?: object } =>
  JSON.parse(readFileSync(path, "utf8"));

beforeAll(async () => {
  expect((await runCli(["run", "--out", "run", ...setting()], folder, ENV)).code).toBe(0);
  // As a stranger would prepare it.
  writeFileSync(file("run", "config.json"), JSON.stringify({ ...json(file("run", "config.json")), models }));
  const results = json(file("run", "results.json"));
  const config = { ...results.config, models: { ...results.config?.models, ...models } };
  writeFileSync(file("run", "results.json"), JSON.stringify({ ...results, config }));
});
function setting(): string[] {
  return Object.entries(SIZE).flatMap(([key, value]) => ["--set", `${key}=${JSON.stringify(value)}`]);
}

describe("a command that serves a model", () => {
  it("is executed from a file of the user's own, and from flags", async () => {
    writeFileSync(file("own.json"), JSON.stringify({ ...SIZE, models }));
    for (const args of [["own.json"], [...setting(), "--set", `models.base=${JSON.stringify(marking)}`]]) {
      rmSync(MARK, { force: true });
      const { stderr } = await runCli(["run", ...args, "--out", `own-${args.length}`], folder, ENV);
      expect(stderr).toContain("ended with code 0 before it answered");
      expect(existsSync(MARK)).toBe(true);
    }
    rmSync(MARK);
  });

  it.each([
    ["run", "run/config.json", "--out", "again"],
    ["run", "run/config.json", "--out", "flags", "--set", "models.judge.readyTimeoutSeconds=9"],
    ["run", "run/config.json", "--out", "run", "--replace"],
    ["audit", "run"],
    ["robustness", "run", "--out", "robust"],
    ["explain", "run"],
    ["rejudge", "run", "--judge", '{"temperature":0.5}', "--out", "rejudged"],
    ["data", "freeze", "run", "--out", "set"],
    ["doctor", "run/config.json"],
    ["estimate", "run/config.json"],
    ["report", "run"],
  ])("is never executed from a run directory: %s %s %s", async (...args) => {
    await runCli(args, folder, ENV);
    expect(existsSync(MARK)).toBe(false);
  });
});
