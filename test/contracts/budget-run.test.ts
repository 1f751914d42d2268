import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { openStoredCalls } from "../../src/store/stored-calls.ts";
import { runCli, spawnCli } from "../support/run-cli.ts";
import { type Fault, faultServer } from "./fault-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
let fault: () => Fault | undefined = () => undefined;
const server = await faultServer({ model: createSimModel(), delayMs: 5, fault: () => fault() });
afterAll(() => server.close());

const CONCURRENCY = 8;
const base = {
  provider: "openai",
  model: "sim",
  baseUrl: server.baseUrl,
  seed: 0,
  timeoutSeconds: 60,
  price: { input: 10, output: 30 },
  maxTokens: 2000,
};
const config = {
  pool: "k2",
  users: { train: 6, validation: 3, test: 6 },
  conversations: { perUser: 3 },
  worlds: 1,
  methods: ["none", "routing"],
  statistics: { resamples: 50, permutations: 50 },
  concurrency: CONCURRENCY,
  models: { base },
};

/** A configuration in a file of its own, for a run directory of that name. */
function configFile(name: string, settings: object = {}): string {
  mkdirSync(join(folder, name), { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ ...config, out: name, ...settings }));
  return file;
}
const spentIn = (name: string): { calls: number; usd: number } => {
  const store = openStoredCalls(join(folder, name, "calls.sqlite"));
  try {
    return store.spent() ?? { calls: -1, usd: -1 };
  } finally {
    store.close();
  }
};

/** Requests that arrive while `work` is done. */
async function requestsOf<T>(work: () => Promise<T>): Promise<[requests: number, T]> {
  const before = server.log.length;
  const result = await work();
  return [server.log.length - before, result];
}

describe("a budget over a run directory", () => {
  it("is spent once by the same command again and again, and once more where that is asked for", async () => {
    const file = configFile("again", { budget: { calls: 30 } });
    const run = (...flags: string[]) => requestsOf(() => runCli(["run", file, ...flags], folder));
    const [first, stopped] = await run();
    expect([first, stopped.code]).toEqual([30, 3]);
    expect(stopped.stderr).toMatch(/budget of 30 calls is used up/);
    expect(stopped.stderr).toContain("--budget-more");
    const [second, again] = await run();
    expect([second, again.code]).toEqual([0, 3]);
    expect(again.stderr).toMatch(/spent in this run directory so far: 30 calls/);
    expect(await run("--budget-more")).toMatchObject([30, { code: 3 }]);
    expect(await run("--set", "budget.calls=75")).toMatchObject([15, { code: 3 }]);
    const { stdout } = await runCli(["estimate", file, "--json"], folder);
    expect(JSON.parse(stdout).spent.calls).toBe(75);
    expect((await runCli(["estimate", file], folder)).stdout).toMatch(/again has spent 75 calls/);
    // Another command in the same directory finds nothing left either, and config.json gives no leave for more.
    expect(await requestsOf(() => runCli(["audit", "again"], folder))).toMatchObject([0, { code: 3 }]);
  });

  it("counts as spent what was in flight when the process was killed", async () => {
    const file = configFile("killed", { budget: { calls: 60 } });
    let total = 0;
    for (let kill = 0; kill < 3; kill++) {
      const before = server.log.length;
      const { child, done } = spawnCli(["run", file], folder);
      while (server.log.length < before + 10) await new Promise((resolve) => setTimeout(resolve, 2));
      child.kill("SIGKILL");
      await done;
      total += server.log.length - before;
      expect(spentIn("killed").calls).toBeGreaterThanOrEqual(total);
      expect(spentIn("killed").calls).toBeLessThanOrEqual(total + (kill + 1) * CONCURRENCY);
    }
    const [rest, { code }] = await requestsOf(() => runCli(["run", file], folder));
    expect(code).toBe(3);
    expect(total + rest).toBeLessThanOrEqual(60);
    expect(spentIn("killed").calls).toBe(60);
  });

  it("counts requests whose connection broke after they had reached the server", async () => {
    const file = configFile("reset", { budget: { calls: 40 } });
    let n = 0;
    fault = () => (n++ % 3 === 0 ? "reset-at-once" : undefined);
    const [requests, { code }] = await requestsOf(() => runCli(["run", file], folder));
    fault = () => undefined;
    expect(code).toBe(3);
    expect(requests).toBe(40);
  });

  it("in dollars wants a bound on every answer, before anything is asked", async () => {
    const { maxTokens: _, ...unbounded } = base;
    const file = configFile("unbounded", { budget: { usd: 0.05 }, models: { base: unbounded } });
    const [requests, { code, stderr }] = await requestsOf(() => runCli(["run", file], folder));
    expect([requests, code]).toEqual([0, 2]);
    expect(stderr).toMatch(/models\.base\.maxTokens/);
  });
});
