import { describe, expect, it } from "vitest";
import { parseUserConfig, presetNamed } from "../../core/config/load.ts";
import { BASES, type PaperTarget, TARGET_IDS, TARGETS } from "./grid.ts";
import { methodsOf, trainedHere } from "./methods.ts";
import { publishedFactor, publishedFor } from "./published.ts";
import { scaledUsers, scaledWorlds } from "./scale.ts";

const targetOf = (id: (typeof TARGET_IDS)[number]): PaperTarget => TARGETS[id];

describe("the paper's cells", () => {
  it.each([
    ["main-grid", { qwen: 2, llama: 2 }, 10],
    ["fig4", { qwen: 2, llama: 2 }, 10],
    ["fig5", { qwen: 2 }, 10],
    ["pools", { qwen: 5 }, 5],
    ["history", { qwen: 3 }, 5],
    ["train-size", { qwen: 4 }, 5],
    ["simpo", { llama: 2 }, 10],
    ["style", { llama: 2 }, 5],
  ] as const)("%s: base LLMs %j, %d worlds", (id, bases, worlds) => {
    const { cells } = targetOf(id);
    const count = Object.groupBy(cells, ({ base }) => base);
    expect(Object.fromEntries(Object.entries(count).map(([base, own]) => [base, own.length]))).toEqual(bases);
    expect(new Set(cells.map(({ settings }) => settings.worlds))).toEqual(new Set([worlds]));
  });

  it("are valid settings, one a base LLM and setting, over presets that exist", () => {
    for (const id of TARGET_IDS) {
      const { cells } = targetOf(id);
      for (const { settings } of cells) expect(parseUserConfig(settings, id)).toEqual(settings);
      expect(new Set(cells.map(({ base, setting }) => `${base} ${setting}`)).size).toBe(cells.length);
    }
    for (const { preset } of Object.values(BASES)) expect(presetNamed(preset).users?.test).toBe(1000);
  });
});

describe("the methods of a cell", () => {
  const own = ["none", "routing-oracle", { id: "routing", classifier: "embedding" }, "rag-exemplar"];

  it("are the preset's, or routing by every label with the preset's options", () => {
    expect(methodsOf("all", own, [])).toEqual({ methods: own });
    const { methods } = methodsOf("labels", own, []) as { methods: readonly { labels?: string }[] };
    expect(methods.slice(0, 2)).toEqual(["none", "routing-oracle"]);
    expect(methods.slice(2).map(({ labels }) => labels)).toEqual([
      "margin",
      "one-sided",
      "two-sided",
      "soft",
    ]);
    for (const method of methods.slice(2)) expect(method).toMatchObject({ classifier: "embedding" });
    expect(methodsOf("labels", ["none"], [])).toHaveProperty("leftOut");
  });

  it("train by the loss that the cell is about, where anything can be trained", () => {
    expect(methodsOf("simpo", own, [])).toHaveProperty("leftOut");
    const here = [
      { id: "prompt-optimization", name: "a", loss: "simpo" },
      { id: "prompt-optimization", name: "b", loss: "dpo" },
    ];
    expect(methodsOf("dpo", own, here)).toEqual({
      methods: ["none", "routing-oracle", here[1]],
    });
    const there = [{ id: "prompt-optimization", rank: 4 }];
    expect(methodsOf("dpo", there, here)).toEqual({
      methods: ["none", { id: "prompt-optimization", rank: 4, loss: "dpo" }],
    });
    expect(methodsOf("style", ["none"], here)).toEqual({ methods: ["none", here[0]] });
    expect(methodsOf("style-tuned", there, here)).toHaveProperty("leftOut");
    expect(trainedHere({ id: "prompt-optimization", trainer: "http://localhost:1", rank: 4 })).toEqual(
      there[0],
    );
  });
});

describe("published figures", () => {
  it("stand where they belong, and nowhere else", () => {
    expect(publishedFor("main-grid", "qwen", "m = 1", "routing")).toMatchObject({
      delta: 1.11,
      winLossRatio: 1.79,
    });
    expect(publishedFor("main-grid", "llama", "m = 1", "prompt-optimization")?.note).toMatch(/not certain/);
    for (const [target, base, setting, method] of [
      ["main-grid", "qwen", "m = 2", "routing"],
      ["main-grid", "llama", "m = 1", "routing"],
      ["main-grid", "qwen", "m = 1", "rag-exemplar"],
      ["pools", "qwen", "k10", "routing"],
    ] as const)
      expect(publishedFor(target, base, setting, method)).toBeUndefined();
  });

  it("are put on a run's scale: tenths of 1-100 as they are, 1-10 times 0.909", () => {
    expect(publishedFactor({ mapping: "tenth" })).toBe(1);
    expect(publishedFactor({ mapping: "linear" })).toBeCloseTo(0.909, 3);
    // Both ends of the judge's 1-100, on either scale.
    expect((10 - 0.1) * publishedFactor({})).toBeCloseTo(10 - 1, 12);
  });
});

describe("a smaller scale", () => {
  it("takes its part of the users, and worlds by its root, down to what means something", () => {
    const users = { train: 4000, validation: 500, test: 1000, voices: false };
    expect(scaledUsers(users, 1)).toEqual(users);
    expect(scaledUsers(users, 0.1)).toEqual({ train: 400, validation: 50, test: 100, voices: false });
    expect(scaledUsers(users, 0.001)).toEqual({ train: 8, validation: 4, test: 8, voices: false });
    expect(scaledUsers({ train: 3 }, 0.5)).toEqual({ train: 3 });
    expect([1, 0.1, 0.01, 0.0001].map((scale) => scaledWorlds(10, scale))).toEqual([10, 4, 2, 2]);
    expect(scaledWorlds(1, 0.5)).toBe(1);
  });
});
