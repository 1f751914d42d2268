import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CliResult, spawnCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const example = /```ts\n([\s\S]*?)```/.exec(
  readFileSync(join(import.meta.dirname, "..", "..", "docs", "own-models.md"), "utf8"),
)?.[1] as string;
const small = `historyLength: 1, users: { train: 8, validation: 4, test: 8 }, worlds: 1, pool: "k2",
  conversations: { perUser: 2 }, methods: ["none", "in-context"], statistics: { resamples: 50, permutations: 50 },`;
const withSize = (text: string): string => text.replace("defineConfig({", `defineConfig({ ${small}`);
const embedder = `{
  id: "letters", identity: "letters@1", simulated: false,
  embed: async (texts) => texts.map((text) => Float32Array.of(text.length, 1, text.charCodeAt(0) || 0)),
}`;
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));

/** As a process: there, configuration files are loaded as Node loads them. */
const runCli = (args: readonly string[], cwd: string): Promise<CliResult> => spawnCli(args, cwd).done;

function write(file: string, text: string): string {
  writeFileSync(join(folder, file), text);
  return file;
}

describe("a model that a configuration file defines", () => {
  it("is asked like any other; config.json names it, and commands beside the run load it again", async () => {
    const file = write("apm.config.ts", withSize(example));
    const run = await runCli(["run", file, "--out", "runs/own"], folder);
    expect(run.code, run.stderr).toBe(0);
    const { models, config, usage, simulated } = read("runs/own/results.json") as Results;
    expect(simulated).toBe(true); // the other roles are
    expect(models).toMatchObject({ base: { id: "shouting", identity: "shouting@1" } });
    expect(usage).toContainEqual(
      expect.objectContaining({ role: "base", model: "shouting", calls: 16, costUsd: null }),
    );
    const object = { identity: "shouting@1", simulated: false };
    expect(read("runs/own/config.json")).toMatchObject({
      models: {
        base: { provider: "own", model: "shouting", object: { file, ...object } },
      },
    });
    expect(config.models).toMatchObject({ base: { object } });
    expect(readFileSync(join(folder, "runs/own/users.jsonl"), "utf8")).toContain("(0)");

    const again = await runCli(["robustness", "runs/own", "--questions", "2"], folder);
    expect(again.code, again.stderr).toBe(0);
    expect((await runCli(["report", "runs/own"], folder)).code).toBe(0);
  });

  it("is refused, with the remedy, when it is gone or another version", async () => {
    const file = write("second.config.ts", withSize(example));
    expect((await runCli(["run", file, "--out", "runs/second"], folder)).code).toBe(0);
    const refused = async (says: RegExp): Promise<void> => {
      const { code, stderr } = await runCli(["robustness", "runs/second", "--questions", "2"], folder);
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(says) });
      expect(stderr).toContain("bring back the file");
    };
    write(file, withSize(example).replace("shouting@1", "shouting@2"));
    await refused(/another version: its identity was shouting@1, now shouting@2/);
    write(file, withSize(example).replace('id: "shouting"', 'id: "whispering"'));
    await refused(/no model "shouting" any more/);
    rmSync(join(folder, file));
    await refused(/second\.config\.ts is gone/);
    expect((await runCli(["report", "runs/second"], folder)).code).toBe(0);
  });

  it("may be an embedder", async () => {
    const file = write(
      "embedder.config.ts",
      withSize(example)
        .replace("models: {", `models: { embedder: ${embedder},`)
        .replace('"in-context"', '"rag-exemplar"'),
    );
    const { code, stderr } = await runCli(["run", file, "--out", "runs/embedder"], folder);
    expect(code, stderr).toBe(0);
    const { usage } = read("runs/embedder/results.json") as { usage: { role: string; model: string }[] };
    expect(usage.find((row) => row.role === "embedder")).toMatchObject({ model: "letters" });
  });

  it("says which part it lacks", async () => {
    const file = write(
      "lacking.config.ts",
      withSize(example)
        .replace(/identity:.*\n/, "")
        .replace(": OwnLanguageModel", ""),
    );
    const { code, stderr } = await runCli(["run", file, "--out", "runs/lacking"], folder);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("models.base lacks identity"),
    });
  });
});
