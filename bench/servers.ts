/**
 * Eight local servers of unequal speed as one model: calls a second of all together, beside the sum of what each does
 * alone, through the whole path of a call (limits, patience, HTTP, store in memory). Each server answers some requests at a
 * time, after a fixed time, and lets others wait, as inference servers do.
 * `node bench/servers.ts [seconds]`
 */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { keeper } from "../src/app/keeper.ts";
import { trafficOf } from "../src/app/traffic.ts";
import { forEachConcurrent } from "../src/core/concurrency.ts";
import { placesOf } from "../src/core/config/addresses.ts";
import type { ModelConfig } from "../src/core/config/model-schema.ts";
import { guardedModel } from "../src/providers/decorators/guarded.ts";
import { usageMeter } from "../src/providers/decorators/metered.ts";
import { systemClock } from "../src/providers/decorators/system-clock.ts";
import { httpTransport } from "../src/providers/http/transport.ts";
import { createOpenAIModel } from "../src/providers/openai/chat.ts";
import { memoryStore } from "../src/store/memory.ts";

/** Answers at a time, and milliseconds of one. */
const SERVERS = [
  [8, 80],
  [8, 120],
  [8, 160],
  [4, 100],
  [4, 200],
  [2, 100],
  [2, 150],
  [1, 200],
] as const;
const CONCURRENCY = 16;

if (process.argv[2] === "serve") await serve();
else await compare(Number(process.argv[2] ?? 10));

async function compare(seconds: number): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename, "serve"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ports = await new Promise<number[]>((resolve) =>
    child.stdout.once("data", (data) => resolve(JSON.parse(String(data)))),
  );
  try {
    const urls = ports.map((port) => `http://127.0.0.1:${port}/v1`);
    let sum = 0;
    for (const [i, url] of urls.entries()) {
      const alone = await rate([url], Math.max(2, seconds / 4));
      sum += alone;
      console.log(
        `server ${i + 1} (${SERVERS[i]?.join(" at a time, ")} ms): ${alone.toFixed(1)} calls/s alone`,
      );
    }
    const together = await rate(urls, seconds);
    console.log(
      `together ${together.toFixed(1)} calls/s of ${sum.toFixed(1)}: ${(together / sum).toFixed(3)} of the sum`,
    );
  } finally {
    child.kill();
  }
}

/** Answers a second of the servers, counted between the first second and the last call's beginning. */
async function rate(baseUrl: string[], seconds: number): Promise<number> {
  const settings: ModelConfig = { provider: "openai", model: "m", baseUrl, concurrency: CONCURRENCY };
  const stop = new AbortController().signal;
  const retries = { clock: systemClock, random: Math.random };
  const traffic = trafficOf({ ...retries, stop, tell: () => {}, keep: keeper() }, CONCURRENCY);
  const access = { env: {}, transport: httpTransport({}) };
  const [first, ...others] = placesOf(settings).map((place) => createOpenAIModel(place, access));
  if (first === undefined) throw new Error("no server");
  const guards = { store: memoryStore(), meter: usageMeter(), limiter: traffic.toModel(settings), retries };
  const model = guardedModel(first, "base", guards, others);
  const [from, until] = [performance.now() + 1000, performance.now() + 1000 + seconds * 1000];
  let counted = 0;
  function* questions(): Generator<number> {
    for (let n = 0; performance.now() < until; n++) yield n;
  }
  await forEachConcurrent(questions(), baseUrl.length * CONCURRENCY, async (n) => {
    await model.generate({ messages: [{ role: "user", content: `question ${n}` }], sample: 0 });
    const now = performance.now();
    if (now >= from && now < until) counted++;
  });
  return counted / seconds;
}

async function serve(): Promise<void> {
  const answer = JSON.stringify({
    choices: [{ index: 0, message: { role: "assistant", content: "7" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 10, completion_tokens: 1 },
  });
  const ports = SERVERS.map(async ([slots, ms]) => {
    let free: number = slots;
    const waiting: (() => void)[] = [];
    const begin = (end: () => void): void => {
      free--;
      setTimeout(() => {
        free++;
        end();
        waiting.shift()?.();
      }, ms);
    };
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        const work = (): void =>
          begin(() => response.setHeader("content-type", "application/json").end(answer));
        if (free > 0) work();
        else waiting.push(work);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return (server.address() as AddressInfo).port;
  });
  console.log(JSON.stringify(await Promise.all(ports)));
}
