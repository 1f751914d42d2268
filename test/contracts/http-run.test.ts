import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { rngOf, rootKey } from "../../src/core/random.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";
import { runCli, spawnCli } from "../support/run-cli.ts";
import { FAULTS, type Fault, type FaultServer, faultServer } from "./fault-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const KEY = "sk-secret-0123456789abcdef";
const CONCURRENCY = 24;
const folder = temporaryFolder();

const price = { input: 10, output: 30 };
const config = {
  pool: "k2",
  users: { train: 16, validation: 4, test: 12 },
  conversations: { perUser: 3 },
  worlds: 2,
  methods: ["none", "routing", "routing-oracle", "in-context"],
  statistics: { resamples: 200, permutations: 200 },
  concurrency: CONCURRENCY,
};
/** Long enough for the busiest machine to answer in, unless a test waits for answers that never come. */
const PATIENT = 60;

/** What a server does wrong with its n-th request. */
type Faults = (n: number) => Fault | undefined;

/** A share of the requests goes wrong, in ways drawn by the test's own name. */
function mixed(test: string, share: number, faults: readonly Fault[]): Faults {
  const rng = rngOf(rootKey(`http-run.test, ${test}`));
  return () => (rng.uniform() < share ? rng.pick(faults) : undefined);
}

/** A server of the test's own, and the arguments of a run in `out` on the model behind it. */
async function serving(fault: Faults = () => undefined) {
  const server = await faultServer({ model: createSimModel(), delayMs: 2, fault });
  const args = (out: string, settings: object = {}, timeoutSeconds = PATIENT): string[] => {
    const model = {
      provider: "openai",
      model: "sim",
      baseUrl: server.baseUrl,
      apiKeyEnv: "TEST_KEY",
      seed: 0,
    };
    const base = { ...model, timeoutSeconds, price, maxTokens: 2000 };
    const file = `${out}.json`;
    writeFileSync(join(folder, file), JSON.stringify({ ...config, models: { base }, ...settings }));
    return ["run", file, "--out", out];
  };
  /** A run in this process; what it printed, on both channels. */
  const run = async (...settings: Parameters<typeof args>) =>
    outputOf(runCli(args(...settings), folder, ENV));
  return { server, args, run };
}

/** The same, for one test. */
async function servingTest(fault?: Faults) {
  const served = await serving(fault);
  onTestFinished(() => served.server.close());
  return served;
}

const ENV = { TEST_KEY: KEY };
async function outputOf(ended: ReturnType<typeof runCli>): Promise<{ code: number | null; output: string }> {
  const { code, stdout, stderr } = await ended;
  return { code, output: stdout + stderr };
}

/** results.json but for what depends on the course of a run: usage and the settings of the model's traffic. */
function resultsOf(out: string): object {
  const {
    usage: _,
    config: __,
    ...results
  } = JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8"));
  return results;
}

const usageOf = (out: string): { calls: number; cacheHits: number; costUsd: number }[] =>
  JSON.parse(readFileSync(join(folder, out, "results.json"), "utf8")).usage;
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

/** Bodies that were answered, with how often. */
function answered({ log }: FaultServer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, answeredAt } of log) {
    if (answeredAt !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** Comes back when the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** The text and bytes of every file below a folder. */
function filesBelow(path: string): { name: string; text: string }[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => ({ name, text: readFileSync(name, "latin1") }));
}

describe("a run on a model behind HTTP", () => {
  let undisturbed: { code: number | null; output: string };
  let log: FaultServer["log"];
  /** How many different questions a whole run asks. */
  let questions: number;
  beforeAll(async () => {
    const { server, run } = await serving();
    undisturbed = await run("undisturbed");
    await server.close();
    log = server.log;
    questions = answered(server).size;
  });

  it("asks every question once, and says what was used", () => {
    expect(undisturbed.output).toMatch(/routing/);
    expect(undisturbed.code, undisturbed.output).toBe(0);
    expect(log.length).toBe(questions);
    expect(sum(usageOf("undisturbed").map((u) => u.calls))).toBe(questions);
    expect(log.every((r) => r.authorization === `Bearer ${KEY}`)).toBe(true);
  });

  it("gives the same results when the server fails again and again", async () => {
    const { server, run } = await servingTest(mixed("faulty", 0.06, FAULTS));
    // What hangs is given up after this long. An answer that a busy machine delays so long is asked for again.
    const { code, output } = await run("faulty", {}, 3);
    expect(code, output).toBe(0);
    expect(new Set(server.log.map((r) => r.fault)).size).toBeGreaterThan(FAULTS.length / 2);
    expect(resultsOf("faulty")).toEqual(resultsOf("undisturbed"));
  });

  it("gives the same results when it is killed again and again, and repeats no completed call", async () => {
    const { server, args } = await servingTest(mixed("killed", 0.03, ["500", "429", "cut-body"]));
    const rng = rngOf(rootKey("http-run.test, kills"));
    let kills = 0;
    while (answered(server).size < 0.85 * questions) {
      const { child, done } = spawnCli(args("killed"), folder, ENV);
      const enough = server.log.length + 10 + rng.int(questions / 4);
      let ended = false;
      child.on("exit", () => (ended = true));
      await until(() => server.log.length >= enough || ended);
      child.kill("SIGKILL");
      await done;
      kills++;
    }
    expect(kills).toBeGreaterThan(1);
    const { code, output } = await outputOf(runCli(args("killed"), folder, ENV));
    expect(code, output).toBe(0);
    expect(output).toMatch(/continuing with \d+ stored calls/);
    expect(resultsOf("killed")).toEqual(resultsOf("undisturbed"));
    const counts = answered(server);
    expect(counts.size).toBe(questions);
    // What was on its way when the process died, at most all that was in flight, cannot have been kept.
    expect(sum([...counts.values()]) - counts.size).toBeLessThanOrEqual(kills * CONCURRENCY);
  });

  it("stops before a budget of calls is exceeded, and goes on with more", async () => {
    const { server, run } = await servingTest();
    const { code, output } = await run("calls", { budget: { calls: 100 } });
    expect(code).toBe(3);
    expect(output).toMatch(/budget of 100 calls is used up/);
    expect(server.log.length).toBe(100);
    expect(existsSync(join(folder, "calls", "results.json"))).toBe(false);
    expect((await run("calls")).code).toBe(0);
    expect(server.log.length).toBe(questions);
    expect(resultsOf("calls")).toEqual(resultsOf("undisturbed"));
  });

  it("stops before a budget of dollars is exceeded", async () => {
    const { server, run } = await servingTest();
    const whole = sum(usageOf("undisturbed").map((u) => u.costUsd));
    const { code, output } = await run("usd", { budget: { usd: whole / 3 } });
    expect(code).toBe(3);
    expect(output).toMatch(/budget of \$/);
    expect(server.log.length).toBeGreaterThan(0);
    expect(server.log.length).toBeLessThan(questions);
    const model = { provider: "openai", model: "sim", baseUrl: server.baseUrl, apiKeyEnv: "TEST_KEY" };
    const unpriced = await run("unpriced", { budget: { usd: 1 }, models: { base: model } });
    expect(unpriced.code).toBe(2);
    expect(unpriced.output).toMatch(/models\.base\.price/);
    expect(existsSync(join(folder, "unpriced"))).toBe(false);
  });

  it("refuses a directory that is in use, and ends at Ctrl-C with what it has", async () => {
    let isSlow = true;
    const { server, args, run } = await servingTest(() => (isSlow ? "slow" : undefined));
    const first = spawnCli(args("held"), folder, ENV);
    await until(() => server.log.length >= 20);
    const second = await run("held");
    expect(second.code).toBe(2);
    expect(second.output).toMatch(new RegExp(`process ${first.child.pid}\\b`));
    first.child.kill("SIGINT");
    const { code, output } = await outputOf(first.done);
    isSlow = false;
    expect(code).toBe(3);
    expect(output).toMatch(/run the same command again/);
    const before = server.log.length;
    expect((await run("held")).code).toBe(0);
    expect(server.log.length - before).toBeLessThan(questions);
    expect(Math.max(...answered(server).values())).toBe(1);
    expect(resultsOf("held")).toEqual(resultsOf("undisturbed"));
  });

  it("ends at once when no call can succeed, and leaves the key nowhere", async () => {
    const { server, args, run } = await servingTest(() => "401");
    const { code, output } = await run("refused");
    expect(code).toBe(1);
    expect(output).toMatch(/HTTP 401.*\[key\]/);
    expect(output).toMatch(/variable TEST_KEY/);
    expect(server.log.length).toBeLessThanOrEqual(CONCURRENCY);
    const noKey = await outputOf(runCli(args("no-key"), folder, { TEST_KEY: "" }));
    expect(noKey.code).toBe(2);
    expect(noKey.output).toMatch(/TEST_KEY holds no key/);
    for (const text of [output, undisturbed.output, noKey.output]) expect(text).not.toContain(KEY);
    const files = filesBelow(folder);
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((f) => f.text.includes(KEY)).map((f) => f.name)).toEqual([]);
  });
});
