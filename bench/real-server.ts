/**
 * How much of what a real llama.cpp server can do a run gets out of it: a run of several methods in which SmolLM2 rewrites,
 * answers and judges, beside a bare client that asks the same requests in the same order with every slot always taken.
 * Both in turns, each on a server that was just started, through the same proxy.
 *
 *   node scripts/real/install.ts smollm2 && node bench/real-server.ts [train users] [rounds]
 *
 * Prints tokens a second (read and written, as the server counts them) and the slots that were busy on average while it
 * wrote: time suffers from other work on the machine, slots do not.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { startRealServer } from "../scripts/real/server.ts";
import { forEachConcurrent } from "../src/core/concurrency.ts";
import { type CountingProxy, countingProxy, type Exchange } from "../test/support/counting-proxy.ts";

const SLOTS = 4;
const [train = 8, rounds = 2] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "apm-bench-real-"));
const bin = join(import.meta.dirname, "..", "bin", "apm-bench.js");

interface Measured {
  readonly requests: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  readonly busySlots: number;
}

const ratios: { readonly time: number; readonly slots: number }[] = [];
console.log(
  `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} before; ${SLOTS} slots, ${train} train users`,
);
console.log("round | client | requests | tokens | seconds | tokens/s | slots busy");
for (let round = 1; round <= rounds; round++) {
  const run = await measured((proxy) => benchmarkRun(proxy, `round-${round}`));
  const bare = await measured((proxy) => bareClient(proxy, run.exchanges));
  show(round, "run", run);
  show(round, "bare", bare);
  ratios.push({
    time: run.tokensPerSecond / bare.tokensPerSecond,
    slots: run.busySlots / bare.busySlots,
  });
}
const median = (values: readonly number[]): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number).toFixed(3);
console.log(
  `run beside bare, median of ${rounds}: ${median(ratios.map(({ time }) => time))} of the tokens a second, ${median(ratios.map(({ slots }) => slots))} of the busy slots`,
);
rmSync(folder, { recursive: true });

function show(round: number, client: string, { requests, tokens, seconds, ...m }: Measured): void {
  const cells = [requests, tokens, seconds.toFixed(1), m.tokensPerSecond.toFixed(1), m.busySlots.toFixed(2)];
  console.log([round, client, ...cells].join(" | "));
}

/** What a fresh server did while a client worked. */
async function measured(
  work: (proxy: CountingProxy) => Promise<void>,
): Promise<Measured & { readonly exchanges: readonly Exchange[] }> {
  const server = await startRealServer({ model: "smollm2", slots: SLOTS });
  const proxy = await countingProxy(server.port);
  await work(proxy);
  const page = await (await fetch(`${server.origin}/metrics`)).text();
  const value = (name: string): number =>
    Number(new RegExp(`^llamacpp:${name} (\\S+)$`, "m").exec(page)?.[1]);
  await proxy.close();
  await server.stop();
  const { exchanges } = proxy;
  const seconds =
    (Math.max(...exchanges.map((e) => e.answeredAt)) - Math.min(...exchanges.map((e) => e.askedAt))) / 1000;
  const tokens =
    value("prompt_tokens_total") + value("prompt_tokens_cached_total") + value("tokens_predicted_total");
  return {
    requests: exchanges.length,
    tokens,
    seconds,
    tokensPerSecond: tokens / seconds,
    busySlots: value("n_busy_slots_per_decode"),
    exchanges,
  };
}

function benchmarkRun({ baseUrl }: CountingProxy, out: string): Promise<void> {
  const model = {
    provider: "openai",
    model: "smollm2",
    baseUrl,
    concurrency: SLOTS,
    temperature: 0,
    maxTokens: 40,
  };
  const config = {
    pool: "k2",
    users: { train, validation: Math.ceil(train / 4), test: Math.ceil(train / 2) },
    historyLength: 1,
    conversations: { perUser: 2 },
    worlds: 2,
    models: {
      base: model,
      rewriter: { ...model, maxTokens: 160, stop: ["\n"] },
      judge: { ...model, maxTokens: 4 },
    },
    judge: { weighted: true },
    methods: ["none", "routing", "routing-oracle", "in-context", "majority-routing"],
    out,
  };
  writeFileSync(join(folder, `${out}.json`), JSON.stringify(config));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, "run", `${out}.json`], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the run ended with ${code}`))));
  });
}

/** Asks the same, in the order in which it came, and keeps every slot taken. */
async function bareClient({ baseUrl }: CountingProxy, exchanges: readonly Exchange[]): Promise<void> {
  const ordered = exchanges.toSorted((a, b) => a.askedAt - b.askedAt);
  await forEachConcurrent(ordered, SLOTS, async ({ asked }) => {
    const answer = await fetch(`${baseUrl}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    await answer.json();
  });
}
