import { describe, expect, it } from "vitest";
import { UsageError } from "../errors.ts";
import { DEFAULTS } from "./defaults.ts";
import { PRESET_NAMES } from "./ids.ts";
import { mergeConfigs, parseUserConfig, presetNamed, resolveConfig } from "./load.ts";
import type { UserConfig } from "./schema.ts";
import { worldSeeds } from "./world-seeds.ts";

const pool = { attributes: ["a", "b", "c"], principles: ["x", "y", "z"] };
const resolved = (config: UserConfig) => resolveConfig(config, (p) => (typeof p === "string" ? pool : p));
const message = (task: () => unknown): string => {
  try {
    task();
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}\n${error.where}\n${error.remedy}`;
    throw error;
  }
  return "nothing was wrong";
};

describe("configuration", () => {
  it("fills every default; candidate, rewriter and judge follow the base", () => {
    const config = resolved({ models: { base: "openai:some-model" } });
    expect(config.models.judge).toEqual({ provider: "openai", model: "some-model" });
    expect(config.models.candidate).toEqual(config.models.base);
    expect(config.models.embedder).toEqual({ provider: "sim", model: "text-features" });
    expect(config.users).toEqual(DEFAULTS.users);
    expect(config.worlds).toEqual(worldSeeds(config.seed, DEFAULTS.worlds));
    expect(config.targets).toBe(1);
  });

  it("a count of worlds gives seeds from the run's seed; a list stands as it is", () => {
    expect(resolved({ worlds: 2, seed: 10 }).worlds).toEqual(worldSeeds(10, 2));
    expect(resolved({ worlds: [7, 3] }).worlds).toEqual([7, 3]);
  });

  it("a mapping from a file is one world, and more of them are refused", () => {
    const mapping = { kind: "file", file: "m.json" } as const;
    expect(resolved({ mapping }).worlds).toEqual(worldSeeds(1, 1));
    expect(resolved({ mapping, worlds: [7] }).worlds).toEqual([7]);
    expect(() => resolved({ mapping, worlds: 3 })).toThrow(/one world, not 3/);
  });

  it("stacked permutations weigh as many principles a user, unless it is said how many", () => {
    const mapping = { kind: "stacked-permutation" } as const;
    expect(resolved({ mapping })).toMatchObject({ mapping: { ...mapping, k: 2 }, targets: 2 });
    expect(resolved({ mapping: { ...mapping, k: 3 }, activeAttributes: 2 }).targets).toBe(3);
    expect(resolved({ mapping, targets: 1 }).targets).toBe(1);
    expect(message(() => resolved({ mapping: { ...mapping, k: 4 } }))).toContain("mapping.k");
    expect(message(() => resolved({ mapping: { kind: "gaussian", k: 2 } }))).toContain("mapping.k");
  });

  it("what it writes can be read again", () => {
    const config = resolved({ methods: [{ id: "routing", labels: "soft", name: "soft routing" }] });
    const { pool: written, ...rest } = JSON.parse(JSON.stringify(config));
    const again = resolveConfig(
      parseUserConfig({ ...rest, pool: written }, "config.json"),
      (p) => p as typeof pool,
    );
    expect(again).toEqual(config);
  });

  it.each([
    ["an unknown key", { modles: {} }, "modles: unknown key"],
    ["a nested unknown key", { users: { trian: 3 } }, "users.trian: unknown key"],
    ["a wrong type", { historyLength: "two" }, "historyLength:"],
    ["no users", { users: { test: 0 } }, "users.test:"],
    ["a method without an id", { methods: [{ labels: "soft" }] }, "methods[0].id:"],
    ["a model without a provider", { models: { base: "gpt" } }, "models.base:"],
    ["a wrong scale", { judge: { scale: 5 } }, "judge.scale:"],
  ])("names %s by its path", (_what, value, expected) => {
    expect(message(() => parseUserConfig(value, "apm.config.json"))).toContain(expected);
    expect(message(() => parseUserConfig(value, "apm.config.json"))).toContain("apm.config.json");
  });

  it.each([
    ["a history without a held-out conversation", { historyLength: 20 }, "historyLength"],
    ["more targets than principles", { targets: 4 }, "targets"],
    ["a mapping file without its kind", { mapping: { file: "c.json" } }, "mapping"],
    ["two methods of one name", { methods: ["routing", "routing"] as const }, "methods"],
    ["a world twice", { worlds: [1, 1] }, "worlds"],
  ])("refuses %s", (_what, config, where) => {
    expect(message(() => resolved(config as UserConfig))).toContain(`\n${where}\n`);
  });

  it("merges objects key by key and replaces lists", () => {
    const merged = mergeConfigs(
      { users: { train: 1, test: 2 }, methods: ["none"], pool: { attributes: ["a"], principles: ["b"] } },
      { users: { test: 3 }, methods: ["routing"], pool: "k4" },
    );
    expect(merged).toEqual({ users: { train: 1, test: 3 }, methods: ["routing"], pool: "k4" });
  });

  it("a model without a name changes single settings of the one that would stand there", () => {
    const server = {
      provider: "openai",
      model: "m",
      baseUrl: "http://a.example/v1",
      temperature: 1,
    } as const;
    const layers = mergeConfigs(
      { models: { base: "sim:default", judge: server } },
      {
        models: {
          judge: { baseUrl: "http://b.example/v1" },
          base: { maxTokens: 9 },
          rewriter: { temperature: 0 },
        },
      },
    );
    expect(resolved(layers).models).toMatchObject({
      base: { provider: "sim", model: "default", maxTokens: 9 },
      candidate: { provider: "sim", model: "default", maxTokens: 9 },
      rewriter: { provider: "sim", model: "default", maxTokens: 9, temperature: 0 },
      judge: { ...server, baseUrl: "http://b.example/v1" },
    });
    // Another model brings nothing of the one before it.
    const replaced = mergeConfigs(layers, { models: { judge: { provider: "openai", model: "n" } } });
    expect(resolved(replaced).models.judge).toEqual({ provider: "openai", model: "n" });
    // Without a provider it is another model of the one before: `--set models.judge.model=n`.
    const other = mergeConfigs(layers, { models: { judge: { model: "n" } } });
    expect(resolved(other).models.judge).toEqual({ ...server, baseUrl: "http://b.example/v1", model: "n" });
    const bare = mergeConfigs({ models: { base: "sim:default" } }, { models: { base: { model: "n" } } });
    expect(message(() => resolved(bare))).toContain("provider is missing\nmodels.base");
    expect(message(() => resolved({ models: { judge: { model: "n" } } }))).toContain(
      "provider is missing\nmodels.judge",
    );
  });

  it("every preset is valid", () => {
    for (const name of PRESET_NAMES) expect(() => presetNamed(name)).not.toThrow();
    expect(message(() => presetNamed("papre"))).toContain("default, smoke, tiny, laptop, paper, paper-llama");
  });
});
