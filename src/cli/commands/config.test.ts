import { describe, expect, it } from "vitest";
import { memorySystem } from "../../../test/support/memory-system.ts";
import { main } from "../main.ts";

async function cli(line: string, file?: object) {
  const { system, printed } = memorySystem(file && { "apm.config.json": JSON.stringify(file) });
  const code = await main(line.split(" "), system);
  return { code, ...printed };
}

describe("apm-bench config", () => {
  it("--json prints configuration and sources, and on standard error what was read", async () => {
    const { code, stdout, stderr } = await cli("config --preset smoke --seed 9 --json", {
      users: { test: 7 },
    });
    expect(code, stderr).toBe(0);
    const { config, sources, read } = JSON.parse(stdout);
    expect(config).toMatchObject({ seed: 9, users: { train: 80, test: 7 }, pool: { name: "k4" } });
    expect(sources).toMatchObject({
      seed: "flag --seed",
      "users.test": "file apm.config.json",
      "users.train": "preset smoke",
      "judge.scale": "default",
    });
    expect(read).toMatchObject({ preset: "smoke", file: "apm.config.json" });
    expect(stderr).toBe(
      "configuration: apm.config.json over preset smoke; the file sets users.test otherwise than the preset\n",
    );
  });

  it("shows every value with its source to people", async () => {
    const { stdout, stderr } = await cli("config --set judge.scale=100");
    expect(stdout).toMatch(/^judge\.scale +100 +flag --set$/m);
    expect(stdout).toMatch(/^users\.train +600 +default$/m);
    expect(stderr).toBe("configuration: the defaults, no file\n");
  });

  it("prints no key of a provider, only the name of its variable", async () => {
    const model = { provider: "openai", model: "m", baseUrl: "http://localhost/v1", apiKeyEnv: "MY_KEY" };
    const { system, printed } = memorySystem({
      "apm.config.json": JSON.stringify({ models: { base: model } }),
    });
    await main(["config", "--json"], { ...system, env: { MY_KEY: "sk-very-secret-indeed" } });
    expect(printed.stdout).toContain("MY_KEY");
    expect(printed.stdout + printed.stderr).not.toContain("very-secret");
  });
});

/** Each names what was probably meant. */
describe("a wrong word in a configuration", () => {
  it.each<[string, string, object?]>([
    ["a key", 'users.trian: unknown key; did you mean "users.train"?', { users: { trian: 3 } }],
    ["a key of the top", 'historyLenght: unknown key; did you mean "historyLength"?', { historyLenght: 1 }],
    ["a key in the wrong place", 'train: unknown key; did you mean "users.train"?', { train: 3 }],
    ["a role", 'models.juge: unknown key; did you mean "models.judge"?', { models: { juge: "sim:default" } }],
    [
      "a model's setting",
      'models.base.temprature: unknown key; did you mean "models.base.temperature"?',
      { models: { base: { provider: "sim", model: "default", temprature: 1 } } },
    ],
    ["a value", '"all"|"targets"; did you mean "targets"?', { judge: { ratings: "target" } }],
    ["a method", 'there is no method "rotuing"; did you mean "routing"?', { methods: ["rotuing"] }],
    [
      "an option",
      'lables: unknown key; did you mean "labels"?',
      { methods: [{ id: "routing", lables: "soft" }] },
    ],
    ["an option's value", '; did you mean "soft"?', { methods: [{ id: "routing", labels: "sotf" }] }],
    ["a pool", 'there is no pool "k12"; did you mean "k10"?', { pool: "k12" }],
    ["a provider", 'there is no provider "opena"; did you mean "openai"?', { models: { base: "opena:x" } }],
  ])("%s: %s", async (_, expected, file) => {
    const { code, stderr } = await cli("config", file);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  it.each([
    ["--preset smok", 'there is no preset "smok"; did you mean "smoke"?'],
    ["--set uesrs.train=3", 'uesrs: unknown key; did you mean "users"?'],
    ["--set models.juge=sim:default", 'models.juge: unknown key; did you mean "models.judge"?'],
    ["--methods routin", 'there is no method "routin"; did you mean "routing"?'],
    ["--metods routing", "(Did you mean --methods?)"],
  ])("%s: %s", async (flags, expected) => {
    const { code, stderr } = await cli(`config ${flags}`);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });
});
