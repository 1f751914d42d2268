import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { weightsOf } from "../../scripts/real/places.ts";
import { startRealServer } from "../../scripts/real/server.ts";
import type { Results, Sample, UsageRow } from "../../src/core/run-record.ts";
import { METHODS } from "../../src/methods/registry.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { type CountingProxy, countingProxy, type Exchange } from "../support/counting-proxy.ts";
import { type CliResult, runCli, spawnCli } from "../support/run-cli.ts";

/** Answers that the server makes at once, and calls that a run keeps in flight. */
const SLOTS = 4;
/** Answers of the server after which the benchmark is killed, and after which, later, the server is. */
const KILLED_AT = 25;
const CRASHED_AT = 90;
/** Against a test that hangs alone: some minutes of two idle cores are an hour where other work has them. */
const PATIENCE_MS = 5_400_000;

const folder = temporaryFolder();
let chat: Awaited<ReturnType<typeof startRealServer>>;
let encoder: Awaited<ReturnType<typeof startRealServer>>;
let external: { readonly url: string; readonly process: ChildProcess };
let chatProxy: CountingProxy;
let encoderProxy: CountingProxy;

beforeAll(async () => {
  chat = await startRealServer({ model: "smollm2", slots: SLOTS });
  encoder = await startRealServer({ model: "minilm", slots: 1, context: 512, threads: 1 });
  chatProxy = await countingProxy(chat.port);
  encoderProxy = await countingProxy(encoder.port);
  external = await exampleSystem();
  writeFileSync(join(folder, "config.json"), JSON.stringify(config()));
});
afterAll(async () => {
  await Promise.all([chatProxy.close(), encoderProxy.close(), chat.stop(), encoder.stop()]);
  external.process.kill();
});

/** The system outside that the package shows as an example. */
async function exampleSystem(): Promise<typeof external> {
  const file = join(import.meta.dirname, "..", "..", "examples", "external-server", "server.js");
  const child = spawn(process.execPath, [file, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const greeting = await new Promise<string>((resolve) =>
    child.stdout.once("data", (words) => resolve(`${words}`)),
  );
  return { url: /http:\S+/.exec(greeting)?.[0] as string, process: child };
}

/** Every method that a server can serve, at a size of a few minutes. */
function config(): object {
  const model = {
    provider: "openai",
    model: "smollm2",
    baseUrl: chatProxy.baseUrl,
    concurrency: SLOTS,
    seed: 1,
    temperature: 0.7,
    maxTokens: 40,
  };
  return {
    pool: "k2",
    users: { train: 3, validation: 1, test: 2 },
    historyLength: 1,
    conversations: { perUser: 2 },
    worlds: 2,
    models: {
      base: model,
      // One line: a rewrite of this model that goes on seldom comes to an end within the limit.
      rewriter: { ...model, stop: ["\n"] },
      judge: { ...model, temperature: 0 },
      embedder: { provider: "openai", model: "minilm", baseUrl: encoderProxy.baseUrl },
    },
    judge: { weighted: true },
    methods: METHODS.filter((method) => !("tunes" in method)).map(({ id }) =>
      id === "external" ? { id, url: external.url, fit: true } : id,
    ),
    out: "out",
  };
}

const read = (name: string): string => readFileSync(join(folder, "out", name), "utf8");
const samples = (): Sample[] =>
  read("samples.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const results = (): Results => JSON.parse(read("results.json"));
const served = ({ status }: Exchange): boolean => status === 200;
const usageOf = (rows: readonly UsageRow[], ofEncoder: boolean) => {
  const own = rows.filter(({ role }) => role !== "external" && (role === "embedder") === ofEncoder);
  const sum = (of: (row: UsageRow) => number): number => own.reduce((total, row) => total + of(row), 0);
  return [sum((r) => r.calls), sum((r) => r.inputTokens), sum((r) => r.outputTokens)];
};
const countOf = (exchanges: readonly Exchange[]) => {
  const sum = (of: (exchange: Exchange) => number | undefined): number =>
    exchanges.reduce((total, exchange) => total + (of(exchange) ?? 0), 0);
  return [
    exchanges.length,
    sum((e) => e.answered.usage?.prompt_tokens),
    sum((e) => e.answered.usage?.completion_tokens),
  ];
};
/** What the server itself has counted since it was started: tokens read, from its cache or not, and written. */
async function metrics(): Promise<number[]> {
  const page = await (await fetch(`${chat.origin}/metrics`)).text();
  const value = (name: string): number =>
    Number(new RegExp(`^llamacpp:${name} (\\S+)$`, "m").exec(page)?.[1]);
  return [
    value("prompt_tokens_total") + value("prompt_tokens_cached_total"),
    value("tokens_predicted_total"),
  ];
}
/** Calls in the store. */
function stored(): { text: string; output: number }[] {
  const db = new DatabaseSync(join(folder, "out", "calls.sqlite"), { readOnly: true });
  const rows = db.prepare("SELECT text, output FROM calls WHERE text <> ''").all();
  db.close();
  return rows as { text: string; output: number }[];
}

describe("a run of every method that a server can serve, killed once, its server killed once", () => {
  /** Exchanges before the benchmark was killed, and before the server was restarted. */
  let beforeKill = 0;
  let beforeRestart = 0;

  it(
    "ends",
    async () => {
      const first = spawnCli(["run", "config.json"], folder);
      await Promise.race([chatProxy.answered(KILLED_AT), tooEarly(first.done)]);
      first.child.kill("SIGKILL");
      expect((await first.done).code).toBe(null);
      // The server may still be at work for the dead.
      await until(() => chatProxy.open === 0);
      beforeKill = chatProxy.exchanges.length;
      expect(beforeKill).toBeLessThan(KILLED_AT + SLOTS);

      const second = spawnCli(["run", "config.json"], folder);
      await Promise.race([chatProxy.answered(CRASHED_AT), tooEarly(second.done)]);
      await chat.stop(true);
      beforeRestart = chatProxy.exchanges.length;
      chat = await startRealServer({ model: "smollm2", slots: SLOTS, port: chat.port });
      const { code, stdout, stderr } = await second.done;
      expect(code, stderr).toBe(0);
      expect(stdout).not.toContain("SIMULATED");
      expect(stderr).toContain("answers again after");
    },
    PATIENCE_MS,
  );

  it("has used what the server counted, but for what was in flight at the kills", async () => {
    const { usage } = results();
    const own = chatProxy.exchanges.slice(beforeKill).filter(served);
    // A server that is loading its model says so.
    const others = chatProxy.exchanges.filter((exchange) => !served(exchange));
    expect(others.filter(({ status }) => status !== 503)).toEqual([]);
    expect(usageOf(usage, false)).toEqual(countOf(own));
    expect(usageOf(usage, true).slice(0, 2)).toEqual(countOf(encoderProxy.exchanges).slice(0, 2));
    const failures = usage.reduce((sum, { failures }) => sum + failures, 0);
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThanOrEqual(3 * SLOTS + others.length);
    expect(await metrics()).toEqual(
      countOf(chatProxy.exchanges.slice(beforeRestart).filter(served)).slice(1),
    );
    // All that the killed process had been answered is stored, but for what was on its way when it died.
    const kept = usage.reduce((sum, { cacheHits }) => sum + cacheHits, 0);
    expect(kept).toBeGreaterThanOrEqual(beforeKill - 2 * SLOTS);
  });

  it("keeps every answer that it used, as the server gave it", () => {
    const given = chatProxy.exchanges.map(({ answered }) => answered.choices?.[0]?.message.content);
    for (const { text } of stored()) if (typeof text === "string") expect(given).toContain(text);
  });

  it("has a score on the scale for what a reply tells one of, and counts the rest as missing", () => {
    const judged = chatProxy.exchanges.filter(({ asked }) => asked.logprobs === true);
    const { methods, ratings } = results();
    const rows = samples();
    for (const { answer, scores } of rows) {
      for (const { principle, score } of scores) {
        const about = judged.filter(({ asked }) => {
          const words = JSON.stringify(asked.messages);
          return words.includes(JSON.stringify(answer).slice(1, -1)) && words.includes(principle);
        });
        if (score === null) continue;
        expect(about.length).toBeGreaterThan(0);
        expect(score).toBeGreaterThanOrEqual(1);
        expect(score).toBeLessThanOrEqual(10);
        const written = about.map(({ answered }) => answered.choices?.[0]?.message.content);
        expect(written.some((words) => /^(10|[1-9])$/.test(words ?? ""))).toBe(true);
      }
    }
    expect(ratings.asked).toBe((3 + 1 + 2) * 4 * 2);
    for (const { name, summary } of methods) {
      const own = rows.filter(({ method }) => method === name);
      expect(own.length).toBe(4);
      const pairs = own.filter(({ difference }) => difference !== null);
      expect(summary.missing).toBe(own.length - pairs.length);
      const mean = pairs.reduce((sum, { difference }) => sum + (difference as number), 0) / pairs.length;
      expect(summary.delta ?? Number.NaN).toBeCloseTo(mean, 9);
    }
  });

  it("asks nothing the second time, and says the same from the stored replies alone", async () => {
    const [asked, before, rows] = [chatProxy.asked + encoderProxy.asked, results(), read("samples.jsonl")];
    const { code, stderr } = await runCli(["run", "config.json"], folder);
    expect(code, stderr).toBe(0);
    expect(chatProxy.asked + encoderProxy.asked).toBe(asked);
    expect(read("samples.jsonl")).toBe(rows);
    expect({ ...results(), usage: [] }).toEqual({ ...before, usage: [] });
  });
});

/** Rejects when a run ends before it was to be disturbed. */
const tooEarly = (done: Promise<CliResult>): Promise<never> =>
  done.then(({ code, stderr }) => Promise.reject(new Error(`the run ended with ${code}: ${stderr}`)));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("the same weights in the process", () => {
  it(
    "learn in a few steps, and answer",
    async () => {
      const base = { provider: "local", model: weightsOf("smollm2"), temperature: 0.7, maxTokens: 16 };
      const training = { batchSize: 1, rank: 2, targets: ["q"], maxPromptTokens: 32, maxAnswerTokens: 8 };
      const settings = {
        pool: "k2",
        users: { train: 2, validation: 1, test: 1 },
        historyLength: 1,
        conversations: { perUser: 2 },
        worlds: 1,
        models: { base, rewriter: "sim:default", judge: "sim:default" },
        methods: ["none", { id: "prompt-optimization", ...training }],
        out: "local",
      };
      writeFileSync(join(folder, "local.json"), JSON.stringify(settings));
      const { code, stdout, stderr } = await runCli(["run", "local.json"], folder);
      expect(code, stderr).toBe(0);
      // A line a step comes only where steps take long.
      expect(stderr).toMatch(/epoch 1 · train loss \d\.\d+/);
      expect(stdout).toContain("SIMULATED: users (rewriter) and scores (judge)");
      const rows = readFileSync(join(folder, "local", "samples.jsonl"), "utf8")
        .trimEnd()
        .split("\n");
      const answers = rows.map((line): Sample => JSON.parse(line)).map(({ answer }) => answer);
      expect(answers.length).toBe(2);
      // Words of a real model, not noise.
      for (const answer of answers) expect(answer).toMatch(/[a-z]{2,} [a-z]{2,}/);
    },
    PATIENCE_MS,
  );
});
