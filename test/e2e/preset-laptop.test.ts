import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Results } from "../../src/core/run-record.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type HubServer, hubServer } from "../support/hub-server.ts";
import { writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { runCli } from "../support/run-cli.ts";

/** The preset with a stand-in of the hub, which has a tiny network of random weights under the model's name. */
describe("run --preset laptop", () => {
  const folder = temporaryFolder();
  const cache = join(folder, "cache");
  let hub: HubServer;
  let env: Record<string, string>;
  const few = ["users.train=4", "users.validation=4", "users.test=4", "worlds=1", "models.base.maxTokens=8"];
  const flags = [...few.flatMap((set) => ["--set", set]), "--methods", "none,routing"];

  beforeAll(async () => {
    const checkpoint = writeRandomCheckpoint(join(folder, "random"));
    const files = readdirSync(checkpoint).map((name) => [name, readFileSync(join(checkpoint, name))]);
    hub = await hubServer({ main: Object.fromEntries(files) }, "HuggingFaceTB/SmolLM2-135M-Instruct");
    env = { HF_ENDPOINT: hub.url, APM_BENCH_CACHE: cache };
  });
  afterAll(() => hub.close());

  it("has its time estimated before anything but the network's description is loaded", async () => {
    const { code, stdout, stderr } = await runCli(["estimate", "--preset", "laptop", ...flags], folder, env);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /time: about \d+ s for local:hf:HuggingFaceTB\/SmolLM2-135M-Instruct \(candidate, base\), in the process: just now [\d,]+ tokens\/s read and [\d,]+ written, \d+ threads/,
    );
    expect(hub.ranges.some((asked) => asked.startsWith("model.safetensors"))).toBe(false);
  });

  it("loads its model, answers with it, and marks users and scores alone as simulated; then needs no hub", async () => {
    const { code, stdout, stderr } = await runCli(["run", "--preset", "laptop", ...flags], folder, env);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/loading HuggingFaceTB\/SmolLM2-135M-Instruct\/model.safetensors \(0\.\d+ MB\)/);
    expect(stdout).toMatch(/SIMULATED: users \(rewriter\) and scores \(judge\) come from/);
    const results: Results = JSON.parse(readFileSync(join(folder, "runs", "laptop", "results.json"), "utf8"));
    expect(results.simulatedRoles).toEqual(["rewriter", "judge"]);
    await hub.close();
    const again = await runCli(["run", "--preset", "laptop", "--out", "again", ...flags], folder, env);
    expect(again.code, again.stderr).toBe(0);
    expect(existsSync(join(folder, "again", "results.json"))).toBe(true);
  });

  it("says that the time is not known where neither hub nor model is at hand", async () => {
    const away = { HF_ENDPOINT: "http://127.0.0.1:1", APM_BENCH_CACHE: join(folder, "empty") };
    const { code, stdout } = await runCli(["estimate", "--preset", "laptop", ...flags], folder, away);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /time: not known for local:hf:\S+ \(candidate, base\): cannot reach the Hugging Face hub/,
    );
  });
});
