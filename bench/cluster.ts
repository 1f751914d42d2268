/**
 * The queue in figures. `node bench/cluster.ts log`: rows a second that one process puts into the log, and takes from it.
 * `node bench/cluster.ts workers [calls]`: one worker and eight with servers that take 200 ms, calls a second, and the same
 * without a queue. `node bench/cluster.ts sim [scale]`: the simulated model in one process held to one core, in one with
 * threads on all cores, and by two workers, at a share of the paper's scale. `node bench/cluster.ts overhead [units]`: the same units of work with the queue and without it, in one
 * process, by turns. Each starts a PostgreSQL of its own.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCluster } from "../src/app/cluster/open-cluster.ts";
import { callLog } from "../src/cluster/call-log.ts";
import { contentKey } from "../src/core/hash.ts";
import type { LoggedCall } from "../src/core/ports/call-log.ts";
import { quantile } from "../src/statistics/descriptive.ts";
import { foundIn, paidServer, runFlags, type Started, start, startFor } from "../test/support/cluster-run.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { queueOverhead } from "./queue-overhead.ts";

const [what = "log", size] = process.argv.slice(2);
if (what === "serve") {
  console.log((await paidServer(Number(size ?? 200))).baseUrl);
  await new Promise(() => {});
}
const cwd = mkdtempSync(join(tmpdir(), "apm-bench-cluster-"));
const postgres = await startPostgres();
const seconds = (since: number): number => (performance.now() - since) / 1000;
try {
  if (what === "log") await log(Number(size ?? 100_000));
  else if (what === "workers") await workers(Number(size ?? 2_000));
  else if (what === "overhead") await overhead(Number(size ?? 12));
  else await sim(Number(size ?? 0.02));
} finally {
  await postgres.stop();
  rmSync(cwd, { recursive: true, force: true });
}

async function log(rows: number): Promise<void> {
  const { db, close } = await openCluster(postgres.database("log"), "bench", false, () => {});
  const text = "An answer of the usual length has some hundred characters, or a judge's number. ".repeat(3);
  const calls = Array.from({ length: rows }, (_, i): LoggedCall => {
    const isAnswer = i % 10 === 0; // as in a run: most calls are ratings
    return {
      key: contentKey(`${i}`),
      call: { text: isAnswer ? `${text}${i}` : "7", finishReason: "stop", inputTokens: 400, outputTokens: 1 },
    };
  });
  const [here, there] = [await callLog(db), await callLog(db)];
  const pushed = performance.now();
  await here.appendCalls(calls);
  console.log(`pushed: ${Math.round(rows / seconds(pushed))} calls/s`);
  const pulled = performance.now();
  let count = 0;
  await there.pull((page) => {
    count += page.calls.length;
  });
  console.log(`pulled: ${Math.round(count / seconds(pulled))} calls/s`);
  const [file] = await db.query<{ bytes: number }>(
    "SELECT pg_total_relation_size('apm_bench.calls')::float8 AS bytes",
  );
  console.log(`in the database: ${((file?.bytes ?? 0) / rows).toFixed(0)} bytes a call, indexes included`);
  await close();
}

/** What a unit takes with a queue beside what it takes without one: servers that answer at once, and after 200 ms. */
async function overhead(units: number): Promise<void> {
  for (const [delayMs, concurrency] of [
    [0, 16],
    [200, 64],
  ] as const) {
    const server = startFor(process.execPath, [import.meta.filename, "serve", String(delayMs)], cwd);
    const url = (await server.firstLine).trim();
    const { calls, plain, queued } = await queueOverhead(postgres, cwd, { url, concurrency, units });
    const middle = (values: readonly number[]): number => quantile(values, 0.5) ?? Number.NaN;
    const more = (here: readonly number[], there: readonly number[]): string => {
      const ratios = here.map((value, i) => (100 * value) / (there[i] as number) - 100);
      return `${middle(ratios).toFixed(1)} % (${ratios.map((ratio) => ratio.toFixed(1)).join(", ")})`;
    };
    console.log(
      `answers after ${delayMs} ms, ${concurrency} in flight, ${(calls / units).toFixed(0)} calls a unit: ` +
        `${((1000 * middle(plain.cpu)) / calls).toFixed(2)} ms of processor a call without a queue; the queue adds ` +
        `${more(queued.cpu, plain.cpu)} of processor time, ${more(queued.wall, plain.wall)} of time`,
    );
    server.child.kill();
  }
}

/** A run's rate is that of its users: most calls, in jobs of about 500. */
async function workers(calls: number): Promise<void> {
  const CONCURRENCY = 4;
  const server = startFor(process.execPath, [import.meta.filename, "serve"], cwd);
  const url = (await server.firstLine).trim();
  const users = Math.round(calls / 87);
  const settings = [
    "pool=k6",
    `users={"train":${users},"validation":1,"test":1}`,
    "worlds=1",
    'methods=["none","routing"]',
  ];
  const flags = runFlags(url, settings, CONCURRENCY);
  const alone = performance.now();
  const one = start(["run", ...flags], "alone", cwd);
  if ((await one.code) !== 0) throw new Error(one.said());
  const secondsAlone = seconds(alone);
  console.log(`no queue: ${secondsAlone.toFixed(1)} s`);
  const rates: number[] = [];
  for (const count of [1, 8]) {
    const queue = postgres.database(`workers${count}`);
    // Each worker has work for as long: a rate is compared, not an end.
    const wanted = [
      ...settings.slice(0, 1),
      `users={"train":${users * count},"validation":1,"test":1}`,
      ...settings.slice(2),
    ];
    const all = Array.from({ length: count }, (_, i) =>
      start(["work", queue, "--idle", "60"], `${count}-${i}`, cwd),
    );
    await new Promise((resolve) => setTimeout(resolve, 5_000 + count * 500)); // they are up
    const run = start(["run", ...runFlags(url, wanted, CONCURRENCY), "--queue", queue], `run${count}`, cwd);
    const took = await usersTook(run);
    rates.push((users * count) / took);
    console.log(
      `${count} workers: users in ${took.toFixed(1)} s, ${((users * count * 87) / took).toFixed(0)} calls/s`,
    );
    await run.code;
    for (const { child } of all) child.kill("SIGINT");
    await Promise.all(all.map(({ code }) => code));
  }
  console.log(`8 workers do ${((rates[1] ?? 0) / (rates[0] ?? 1)).toFixed(2)} times what one does`);
  server.child.kill();
}

/** Seconds between the first job's beginning and the last one's end, of the users. */
async function usersTook({ said, code }: Started): Promise<number> {
  let begun: number | undefined;
  let isOver = false;
  void code.then(() => {
    isOver = true;
  });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const words = said();
    if (begun === undefined && words.includes("jobs: users")) begun = performance.now();
    if (words.includes("jobs: methods")) return seconds(begun ?? performance.now());
    if (isOver) throw new Error(words);
  }
}

async function sim(scale: number): Promise<void> {
  const of = (count: number): number => Math.round(count * scale);
  const settings = [
    `users={"train":${of(4000)},"validation":${of(500)},"test":${of(1000)}}`,
    "worlds=10",
    'methods=["none","routing","routing-oracle","rag-exemplar","rag-summary"]',
  ].flatMap((setting) => ["--set", setting]);
  const bin = join(import.meta.dirname, "..", "bin", "apm-bench.js");
  const local = async (folder: string, ...before: string[]): Promise<number> => {
    const since = performance.now();
    const [program, ...args] = [...before, process.execPath, bin, "run", ...settings, "--out", folder];
    if ((await startFor(program as string, args, cwd).code) !== 0)
      throw new Error(`the run ${folder} failed`);
    return seconds(since);
  };
  const alone = await local("one", "taskset", "-c", "0");
  console.log(`one process, one core: ${alone.toFixed(1)} s`);
  const several = await local("several");
  console.log(
    `one process, its threads on all cores: ${several.toFixed(1)} s, 1/${(alone / several).toFixed(2)} of it`,
  );
  const url = postgres.database("sim");
  const all = [0, 1].map((i) => start(["work", url, "--jobs", "1", "--idle", "60"], `worker-${i}`, cwd));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const queued = performance.now();
  const run = start(["run", ...settings, "--queue", url], "queue", cwd);
  if ((await run.code) !== 0) throw new Error(run.said());
  const took = seconds(queued);
  for (const { child } of all) child.kill("SIGINT");
  await Promise.all(all.map(({ code }) => code));
  console.log(`two workers: ${took.toFixed(1)} s, 1/${(alone / took).toFixed(2)} of it`);
  for (const folder of ["one", "several", "queue"]) {
    const { userSeconds, systemSeconds } = JSON.parse(readFileSync(join(cwd, folder, "run.json"), "utf8"));
    console.log(`${folder}: the run itself took ${(userSeconds + systemSeconds).toFixed(1)} s of processor`);
  }
  const found = new Set(["one", "several", "queue"].map((folder) => foundIn(join(cwd, folder))));
  console.log(`results: ${found.size === 1 ? "identical" : "DIFFERENT"}`);
}
