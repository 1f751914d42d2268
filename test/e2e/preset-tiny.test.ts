import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { presetNamed } from "../../src/core/config/load.ts";
import type { Results, Sample } from "../../src/core/run-record.ts";
import { METHOD_IDS } from "../../src/methods/registry.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { runCli } from "../support/run-cli.ts";

describe("run --preset tiny", () => {
  // The shipped checkpoint was trained on the prompts of the others; to these two it answers noise.
  const strange = ["many-shot", "profile"];
  const offline = METHOD_IDS.filter((id) => id !== "external" && !strange.includes(id));

  it("names every method that needs no server and no prompt strange to the checkpoint", () => {
    const named = presetNamed("tiny").methods?.map((method) =>
      typeof method === "string" ? method : method.id,
    );
    expect([...(named ?? [])].sort()).toEqual([...offline].sort());
  });

  it("runs on the shipped checkpoint, and says that its judge is simulated", async () => {
    const folder = temporaryFolder();
    const few = ["users.train=8", "users.validation=4", "users.test=4"].flatMap((set) => ["--set", set]);
    // Training has end-to-end tests of its own (cli-prompt-optimization.slow.test.ts).
    const methods = offline.filter((id) => id !== "prompt-optimization");
    const flags = ["--out", "out", "--methods", methods.join(","), ...few];
    const { code, stdout, stderr } = await runCli(["run", "--preset", "tiny", ...flags], folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("SIMULATED");
    const file = (name: string): string => readFileSync(join(folder, "out", name), "utf8");
    const results: Results = JSON.parse(file("results.json"));
    expect(results.simulated).toBe(true);
    expect(results.methods.map(({ id }) => id).sort()).toEqual([...methods].sort());
    expect(results.usage.map(({ role, model }) => `${role} ${model}`)).toEqual(
      expect.arrayContaining(["base local:tiny", "candidate local:tiny", "judge sim:default"]),
    );
    const samples = file("samples.jsonl")
      .trimEnd()
      .split("\n")
      .map((line): Sample => JSON.parse(line));
    // Sentences, not noise: at its temperature a model of this size loses the thread now and then.
    const sentences = samples.filter(({ answer }) =>
      /^[\p{L}\p{N}*`#"'-].*[a-z]{2,} [a-z]{2,}/su.test(answer ?? ""),
    );
    expect(sentences.length).toBeGreaterThan(0.9 * samples.length);
  });
});
