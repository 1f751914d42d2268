import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { addConfigFlags } from "../cli/options.ts";
import { worldSeeds } from "../core/config/world-seeds.ts";
import type { ConfigFlags } from "./overrides.ts";
import { explainConfig, layersOf, resolveFlags } from "./resolve.ts";

/** A command line (%20 for a space within a word) in a folder with a configuration file and others. */
function given(line: string, file?: object, others: Readonly<Record<string, object>> = {}) {
  const files = { ...others, ...(file && { "apm.config.json": file }) };
  const texts = Object.entries(files).map(([name, content]) => [name, JSON.stringify(content)]);
  const { system } = memorySystem(Object.fromEntries(texts));
  const words = line.split(" ").filter(Boolean).map(decodeURIComponent);
  const command = addConfigFlags(new Command()).parse(words, { from: "user" });
  return { system, flags: command.opts<ConfigFlags>() };
}

function configOf(...args: Parameters<typeof given>) {
  const { system, flags } = given(...args);
  return resolveFlags(system, undefined, flags);
}

function layersOfLine(...args: Parameters<typeof given>) {
  const { system, flags } = given(...args);
  return layersOf(system, undefined, flags);
}

describe("configuration from defaults, preset, file and flags", () => {
  it("lets flags win over the file, and the file over the preset", async () => {
    const config = await configOf("--preset paper --seed 5 --set users.test=7", { worlds: 3, seed: 4 });
    expect(config.users).toMatchObject({ train: 4000, test: 7 });
    expect(config.worlds).toEqual(worldSeeds(5, 3));
  });

  it("refuses a provider that there is not, and says where it stands", async () => {
    for (const line of ["--set models.judge=acme:x", '--set models.judge={"provider":"acme","model":"x"}']) {
      await expect(configOf(line)).rejects.toMatchObject({
        where: "models.judge",
        remedy: expect.stringContaining("sim, openai, local"),
      });
    }
  });

  it("--methods chooses, by id or name, with the options that preset or file give", async () => {
    const tiny = await configOf("--preset tiny --methods none,prompt-optimization,majority-routing");
    expect(tiny.methods).toMatchObject([
      { id: "none" },
      { id: "prompt-optimization", rank: 2 },
      { id: "majority-routing" },
    ]);
    const file = {
      methods: ["none", { id: "routing", name: "soft labels", labels: "soft" }, { id: "rag-exemplar", k: 3 }],
    };
    const soft = { id: "routing", name: "soft labels", labels: "soft" };
    expect((await configOf("--methods rag-exemplar,routing", file)).methods).toEqual([
      { id: "rag-exemplar", k: 3 },
      soft,
    ]);
    const byName = await configOf("--methods=soft%20labels,RAG-Summary,routing%20oracle", file);
    expect(byName.methods).toEqual([soft, { id: "rag-summary" }, { id: "routing-oracle" }]);
    await expect(configOf("--methods rotuing", file)).rejects.toThrow(
      'there is no method "rotuing"; did you mean "routing"?',
    );
  });

  it("takes a pool from a file, named as the file is where it has no name of its own", async () => {
    const lists = { attributes: ["gentle"], principles: ["persuasive"] };
    const files = { "pools/mine.json": lists, "named.json": { name: "ours", ...lists } };
    expect((await configOf("--set pool=pools/mine.json", {}, files)).pool).toEqual({
      name: "mine",
      ...lists,
    });
    expect((await configOf("", { pool: "named.json" }, files)).pool).toEqual({ name: "ours", ...lists });
    const wrong = { "wrong.json": { attributes: ["gentle"], principels: ["persuasive"] } };
    await expect(configOf("", { pool: "wrong.json" }, wrong)).rejects.toMatchObject({
      message: expect.stringContaining('pool.principels: unknown key; did you mean "pool.principles"?'),
      where: "wrong.json",
    });
    await expect(configOf("", { pool: "none.json" })).rejects.toThrow("cannot read none.json");
  });

  it("takes as many conversations a user as are needed, of a source from outside", async () => {
    expect((await configOf("")).conversations.perUser).toBe(20);
    expect((await configOf("--set conversations.source=own.jsonl")).conversations.perUser).toBe(3);
    const longer = await configOf("--set conversations.source=own.jsonl --set historyLength=4");
    expect(longer.conversations.perUser).toBe(5);
    const own = await configOf("--set conversations.source=own.jsonl --set conversations.perUser=9");
    expect(own.conversations.perUser).toBe(9);
  });

  it("says which file and preset were read, and what of the preset the file hides", async () => {
    const layers = await layersOfLine("--preset smoke", { worlds: 3, seed: 4 });
    expect(layers.read).toEqual({ preset: "smoke", file: "apm.config.json", hidden: ["worlds"], notes: [] });
    expect((await layersOfLine("", undefined)).read).toEqual({
      preset: "default",
      file: null,
      hidden: [],
      notes: [],
    });
  });

  it("tells of each value where it comes from", async () => {
    const { system, flags } = given("--preset smoke --seed 5 --model sim --set users.test=7", { worlds: 3 });
    const { sources } = await explainConfig(system, undefined, flags);
    expect(sources).toMatchObject({
      pool: "preset smoke",
      "users.train": "preset smoke",
      "users.test": "flag --set",
      "users.voices": "default",
      worlds: "file apm.config.json",
      seed: "flag --seed",
      "models.judge.provider": "flag --model",
      "models.embedder.model": "flag --model",
      "conversations.source": "flag --model",
      concurrency: "default",
    });
  });

  it("--model sim needs neither server nor network, at the preset's scale", async () => {
    const { models, conversations, users, worlds } = await configOf("--preset paper --model sim");
    for (const [role, model] of Object.entries(models)) {
      expect([role, model.provider]).toEqual([role, "sim"]);
    }
    expect(conversations.source).toBe("builtin");
    expect(users).toMatchObject({ train: 4000, validation: 500, test: 1000 });
    expect(worlds.length).toBe(10);
    // The paper's candidate LLM is not its base LLM: answers in a style are written anew.
    expect([models.base.model, models.candidate.model]).toEqual(["default", "other"]);
    expect((await configOf("--preset smoke --model sim")).models.candidate.model).toBe("default");
    expect((await configOf("--preset paper --model openai:x")).models.candidate.model).toBe("x");
  });

  it("--model sim takes what needs no trainer, and says so; methods that are asked for stay", async () => {
    const { merged, read } = await layersOfLine("--preset paper --model sim");
    expect(merged.methods).toContainEqual("routing");
    expect(read.notes).toEqual(["routing: the linear router, without a trainer"]);
    const own = { methods: [{ id: "routing", classifier: { trainer: "http://localhost:9000" } }] };
    const asked = await layersOfLine("--preset paper --model sim", own);
    expect(asked.merged.methods).toEqual(own.methods);
    expect(asked.read.notes).toEqual([]);
    expect((await layersOfLine("--preset paper")).read.notes).toEqual([]);
    expect((await layersOfLine("--preset paper-llama --model sim")).read.notes).toEqual([
      "routing: the linear router, without a trainer",
      "left out, as there is no model to train: prompt optimization (SimPO), prompt optimization (DPO)",
    ]);
    const chosen = await layersOfLine("--preset paper --model sim --methods none,routing");
    expect(chosen.merged.methods).toEqual(["none", "routing"]);
  });

  it("--model sim keeps conversations and an embedder that were asked for", async () => {
    const file = await configOf("--preset paper --model sim:default", {
      conversations: { source: "own.jsonl" },
    });
    expect(file.conversations.source).toBe("own.jsonl");
    const flag = await configOf(
      "--model sim --set models.embedder=openai:bge --set conversations.source.train=a.json --set conversations.source.test=b.json",
    );
    expect(flag.models.embedder).toEqual({ provider: "openai", model: "bge" });
    expect(flag.conversations.source).toEqual({ train: "a.json", test: "b.json" });
  });
});
