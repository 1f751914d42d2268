import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { memorySystem } from "../../test/support/memory-system.ts";
import { addConfigFlags } from "../cli/options.ts";
import { worldSeeds } from "../core/config/world-seeds.ts";
import type { ConfigFlags } from "./overrides.ts";
import { resolveFlags } from "./resolve.ts";

/** The configuration that a command line gives, with `file` as the configuration in the folder. */
function configOf(line: string, file?: object) {
  const { system } = memorySystem(file ? { "apm.config.json": JSON.stringify(file) } : {});
  const command = addConfigFlags(new Command()).parse(line.split(" ").filter(Boolean), { from: "user" });
  return resolveFlags(system, undefined, command.opts<ConfigFlags>());
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

  it("the paper's preset has the paper's models and data", async () => {
    const { models, conversations } = await configOf("--preset paper");
    expect(models.base.model).toBe("Qwen/Qwen3.5-27B");
    expect(models.candidate).toEqual(models.base);
    for (const role of ["rewriter", "judge"] as const) {
      expect(models[role]).toMatchObject({
        model: "openai/gpt-oss-120b",
        temperature: 1,
        topP: 0.95,
        maxTokens: 4096,
      });
      expect(models[role].reasoning).toBeTruthy();
    }
    expect(models.embedder.model).toBe("BAAI/bge-large-en-v1.5");
    expect(conversations).toEqual({
      source: "hf:HuggingFaceH4/ultrachat_200k",
      perUser: 20,
      maxCharacters: 8000,
    });
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
    const named = await configOf("--methods rag-exemplar,routing", file);
    expect(named.methods).toEqual([{ id: "rag-exemplar", k: 3 }, { id: "routing" }]);
  });

  it("--model sim needs neither server nor network, at the preset's scale", async () => {
    const { models, conversations, users, worlds } = await configOf("--preset paper --model sim");
    for (const [role, model] of Object.entries(models)) {
      expect([role, model.provider]).toEqual([role, "sim"]);
    }
    expect(conversations.source).toBe("builtin");
    expect(users).toMatchObject({ train: 4000, validation: 500, test: 1000 });
    expect(worlds.length).toBe(10);
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
