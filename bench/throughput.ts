/**
 * Calls per second through the whole path of a judge call (render, key, look-up, limits, HTTP, parse, store), beside
 * a bare HTTP client and beside the `openai` package, all against one local server in another process, in turns.
 * Then the share of the ideal at a server that takes 200 ms, and the growth of memory.
 * `node bench/throughput.ts [calls a round] [calls for the memory figure]`
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { Agent, request } from "undici";
import { forEachConcurrent } from "../src/core/concurrency.ts";
import type { ChatMessage, LanguageModel } from "../src/core/ports/language-model.ts";
import { prompts } from "../src/core/prompt/prompts.ts";
import { renderPrompt } from "../src/core/prompt/template.ts";
import { fenceAround } from "../src/judge/fence.ts";
import { callBudget } from "../src/providers/decorators/budget.ts";
import { guardedModel } from "../src/providers/decorators/guarded.ts";
import { trafficLimiter } from "../src/providers/decorators/limiter.ts";
import { usageMeter } from "../src/providers/decorators/metered.ts";
import { sharedServer } from "../src/providers/decorators/server.ts";
import { systemClock } from "../src/providers/decorators/system-clock.ts";
import { httpTransport } from "../src/providers/http/transport.ts";
import { createOpenAIModel } from "../src/providers/openai/chat.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";

const perRound = Number(process.argv[2] ?? 40_000);
const forMemory = Number(process.argv[3] ?? 200_000);
const ROUNDS = 3;
const CONCURRENCY = 64;

const directory = mkdtempSync(join(tmpdir(), "apm-bench-throughput-"));
const filler = "A judged answer of about eight hundred characters, as candidates are. ".repeat(11);

async function serve(delayMs: number): Promise<{ url: string; stop: () => void }> {
  const script = new URL("./instant-server.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, String(delayMs)], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((resolve) => child.stdout.once("data", (data) => resolve(Number(data))));
  return { url: `http://127.0.0.1:${port}/v1`, stop: () => child.kill() };
}

/** Every call judges another text. */
let texts = 0;
function render(): ChatMessage[] {
  const text = `${filler}${texts++}`;
  return renderPrompt(prompts.judge, {
    principle: "gentle",
    max: "10",
    text,
    fence: fenceAround(text)!.mark,
  });
}

function* range(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i;
}

/** Calls per second of `call`, made `n` times with `concurrency` in flight. */
async function rate(n: number, concurrency: number, call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await forEachConcurrent(range(n), concurrency, async () => void (await call()));
  return n / ((performance.now() - start) / 1000);
}

function wholePath(url: string, concurrency: number): { model: LanguageModel; close: () => void } {
  const store = openSqliteStore(join(directory, `${texts}.sqlite`));
  const provider = createOpenAIModel(
    { model: "judge", baseUrl: url, temperature: 1, topP: 0.95 },
    { env: {}, transport: httpTransport({}) },
  );
  const price = { input: 0.1, output: 0.4 };
  const server = sharedServer({ name: url, clock: systemClock, random: Math.random, tell: () => {} });
  const model = guardedModel(provider, "judge", {
    store,
    meter: usageMeter(),
    budget: callBudget({ calls: 1e9, usd: 1e9 }, store),
    limiter: trafficLimiter({ concurrency }, systemClock, undefined, server),
    retries: { clock: systemClock, random: Math.random },
    price,
    maxTokens: 4096,
  });
  return { model, close: () => store.close() };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
const show = (what: string, value: number, unit: string, note = ""): void =>
  console.log(`${what.padEnd(48)} ${value.toFixed(value < 10 ? 3 : 0).padStart(9)} ${unit}${note}`);

const instant = await serve(0);
const agent = new Agent();
const fixedBody = JSON.stringify({ model: "judge", messages: render(), temperature: 1, top_p: 0.95 });
const bare = async (url = instant.url): Promise<unknown> => {
  const response = await request(`${url}/chat/completions`, {
    dispatcher: agent,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: fixedBody,
  });
  return response.body.json();
};
const client = new OpenAI({ baseURL: instant.url, apiKey: "none" });
const viaPackage = (): Promise<unknown> =>
  client.chat.completions.create({ model: "judge", messages: render(), temperature: 1, top_p: 0.95 });
const path = wholePath(instant.url, CONCURRENCY);
const ours = (): Promise<unknown> => path.model.generate({ messages: render(), sample: 0 });

await Promise.all([rate(2000, CONCURRENCY, () => bare()), rate(2000, CONCURRENCY, ours)]);
await rate(2000, CONCURRENCY, viaPackage);
const rates: [number, number, number][] = [];
for (let round = 0; round < ROUNDS; round++) {
  rates.push([
    await rate(perRound, CONCURRENCY, () => bare()),
    await rate(perRound, CONCURRENCY, ours),
    await rate(perRound / 4, CONCURRENCY, viaPackage),
  ]);
}
const [bareRate, ourRate, packageRate] = [0, 1, 2].map((i) => median(rates.map((r) => r[i] as number))) as [
  number,
  number,
  number,
];
console.log(`zero-latency server, ${CONCURRENCY} in flight, median of ${ROUNDS} rounds`);
show("  bare undici request", bareRate, "calls/s");
show("  whole path", ourRate, "calls/s", `   ${(ourRate / bareRate).toFixed(2)} of bare`);
show(
  "  openai package alone",
  packageRate,
  "calls/s",
  `   whole path: ${(ourRate / packageRate).toFixed(2)} times`,
);

const before = process.memoryUsage.rss();
await rate(forMemory, CONCURRENCY, ours);
const after = process.memoryUsage.rss();
show(`resident memory before ${forMemory} further calls`, before / 2 ** 20, "MiB");
show("resident memory after", after / 2 ** 20, "MiB");
path.close();
instant.stop();

const slow = await serve(200);
const busy = wholePath(slow.url, 512);
const oursAtSlow = (): Promise<unknown> => busy.model.generate({ messages: render(), sample: 0 });
console.log("server that takes 200 ms, 512 in flight");
for (const [what, call] of [
  ["  bare undici request", () => bare(slow.url)],
  ["  whole path", oursAtSlow],
] as const) {
  await rate(1024, 512, call);
  const perSecond = await rate(512 * 40, 512, call);
  show(what, perSecond, "calls/s", `   ${(perSecond / (512 / 0.2)).toFixed(3)} of the ideal`);
}
busy.close();
slow.stop();
rmSync(directory, { recursive: true });
