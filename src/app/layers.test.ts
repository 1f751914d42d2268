import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { mergeConfigs, parseUserConfig } from "../core/config/load.ts";
import { keysInBoth, type Layer, sourcesOf } from "./layers.ts";
import { completeConfig } from "./resolve.ts";

const layer = (name: string, config: unknown): Layer => ({
  config: parseUserConfig(config, name),
  from: (path) => `${name} (${path})`,
});

function sources(...layers: Layer[]): Record<string, string> {
  const merged = mergeConfigs(...layers.map(({ config }) => config));
  return sourcesOf(completeConfig(memorySystem().system, merged), layers);
}

describe("where a value comes from", () => {
  it("is the default where nothing sets it, and a section is named as a whole", () => {
    const found = sources();
    expect(new Set(Object.values(found))).toEqual(new Set(["default"]));
    expect(found).toMatchObject({ pool: "default", "users.train": "default", users: "default" });
  });

  it("is the last layer that sets it, key by key; a mixed section has no one source", () => {
    const found = sources(
      layer("first", { users: { train: 10, test: 5 }, seed: 3 }),
      layer("second", { users: { test: 6 } }),
    );
    expect(found).toMatchObject({
      "users.train": "first (users.train)",
      "users.test": "second (users.test)",
      "users.voices": "default",
      seed: "first (seed)",
    });
    expect(found).not.toHaveProperty("users");
  });

  it("is of a pool and a list as a whole", () => {
    const found = sources(
      layer("first", { pool: "k4", worlds: [1, 2] }),
      layer("second", { pool: { attributes: ["gentle"], principles: ["gentle"] }, methods: ["none"] }),
    );
    expect(found["pool.attributes"]).toBe("second (pool.attributes)");
    expect(found).toMatchObject({ worlds: "first (worlds)", methods: "second (methods)" });
  });

  it("is the base LLM's for roles that are as it, and the layer's for what it changes of them", () => {
    const found = sources(
      layer("first", { models: { base: { provider: "openai", model: "m", temperature: 1 } } }),
      layer("second", { models: { judge: { temperature: 0 } } }),
    );
    expect(found).toMatchObject({
      "models.judge.temperature": "second (models.judge.temperature)",
      "models.judge.model": "first (models.base.model)",
      "models.rewriter.temperature": "first (models.base.temperature)",
      "models.embedder": "default",
    });
  });
});

describe("keys of a preset that a file hides", () => {
  it.each([
    [{ users: { train: 1 }, pool: "k4" }, { users: { train: 2, test: 3 } }, ["users.train"]],
    [
      { models: { base: { provider: "sim", model: "default" } } },
      { models: { base: "sim:default" } },
      ["models.base"],
    ],
    [{ pool: { attributes: ["a"], principles: ["b"] } }, { pool: "k4" }, ["pool"]],
    [{}, { pool: "k4" }, []],
  ])("%j under %j: %j", (preset, file, expected) => {
    expect(keysInBoth(parseUserConfig(preset, ""), parseUserConfig(file, ""))).toEqual(expected);
  });
});
