/**
 * What a run survives, against a local server that counts: kills at random moments, random bytes of the store changed,
 * a disk that fills at random points, and a server that fails. After each the same command is run until it is done; its
 * results must equal those of an undisturbed run, and no answer may be asked for twice that was not on its way when the
 * process ended.
 * `node bench/faults.ts [kills] [damages] [disks] [faults]`, by default 200, 100, 30 and 100. Disks need the right to mount.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { rngOf, rootKey } from "../src/core/random.ts";
import { createSimModel } from "../src/providers/sim/model.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";
import { FAULTS, type Fault, faultServer } from "../test/contracts/fault-server.ts";

const [kills, damages, disks, faults] = [200, 100, 30, 100].map((n, i) =>
  Number(process.argv[2 + i] ?? n),
) as [number, number, number, number];
const CONCURRENCY = 16;
const BIN = join(import.meta.dirname, "..", "bin", "apm-bench.js");

const rng = rngOf(rootKey("bench/faults"));
const folder = mkdtempSync(join(tmpdir(), "apm-bench-faults-"));
/** Short where a server hangs on purpose; an answer that comes too late is lost and paid for again. */
let timeoutSeconds = 60;
let fault: () => Fault | undefined = () => undefined;
const server = await faultServer({ model: createSimModel(), delayMs: 4, fault: () => fault() });

interface Run {
  /** `null` after a kill. */
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the benchmark in `out`; `killAfter` requests it is killed. */
async function run(out: string, killAfter = Number.POSITIVE_INFINITY): Promise<Run> {
  const file = join(folder, "config.json");
  const base = { provider: "openai", model: "sim", baseUrl: server.baseUrl, seed: 0, timeoutSeconds };
  const config = {
    pool: "k2",
    users: { train: 16, validation: 4, test: 12 },
    conversations: { perUser: 3 },
    worlds: 2,
    methods: ["none", "routing", "routing-oracle", "in-context"],
    statistics: { resamples: 50, permutations: 50 },
    concurrency: CONCURRENCY,
    models: { base },
    out,
  };
  writeFileSync(file, JSON.stringify(config));
  const before = server.log.length;
  const child = spawn(process.execPath, [BIN, "run", file], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (piece) => (stderr += piece));
  let ended = false;
  const done = new Promise<number | null>((resolve) => child.on("close", resolve));
  void done.then(() => (ended = true));
  while (killAfter < Number.POSITIVE_INFINITY && !ended && server.log.length < before + killAfter)
    await pause(1);
  if (killAfter < Number.POSITIVE_INFINITY) child.kill("SIGKILL");
  return { code: await done, stderr };
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What decides nothing but the course of a run is left out. */
function resultsOf(out: string): object {
  const { usage: _, config: __, ...results } = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
  return results;
}
const isRight = (out: string): boolean =>
  isDeepStrictEqual(resultsOf(out), resultsOf(join(folder, "undisturbed")));

/** Of the processes that worked one after the other in a directory: what each began with, by its first request. */
type Spans = readonly number[];

/**
 * Answers that a later process asked for again, which were on their way when theirs ended, the most of them at one end (no
 * more than are in flight, and those that arrived in the very turn of the event loop), and what one process asked twice.
 */
function repeatedIn(spans: Spans) {
  const counts = { answered: 0, onTheWay: 0, mostAtOnce: 0, paidTwice: 0 };
  for (const [i, from] of spans.entries()) {
    const to = spans[i + 1] ?? server.log.length;
    const answers = server.log.slice(from, to).filter(({ answeredAt }) => answeredAt !== undefined);
    const own = new Set(answers.map(({ id }) => id));
    const later = new Set(server.log.slice(to).map(({ id }) => id));
    const again = [...own].filter((id) => later.has(id)).length;
    counts.answered += answers.length;
    counts.onTheWay += again;
    counts.mostAtOnce = Math.max(counts.mostAtOnce, again);
    counts.paidTwice += answers.length - own.size;
  }
  return counts;
}

async function underKills(): Promise<string[]> {
  let [done, wrong, runs] = [0, 0, 0];
  const total = { answered: 0, onTheWay: 0, mostAtOnce: 0, paidTwice: 0 };
  while (done < kills) {
    const out = join(folder, `killed-${runs++}`);
    const spans: number[] = [];
    for (;;) {
      spans.push(server.log.length);
      const { code } = await run(out, done < kills ? 1 + rng.int(60) : undefined);
      if (code === null) {
        done++;
        await pause(50); // until the server has read what was still on its way to it
      }
      if (code === 0) break;
      if (code !== null) wrong++;
    }
    if (!isRight(out)) wrong++;
    const counts = repeatedIn(spans);
    for (const key of ["answered", "onTheWay", "paidTwice"] as const) total[key] += counts[key];
    total.mostAtOnce = Math.max(total.mostAtOnce, counts.mostAtOnce);
    // What the server still gets of this directory belongs to no other.
    server.log.length = 0;
  }
  return [
    `${done} kills in ${runs} runs`,
    `${total.answered} answers, ${total.onTheWay} asked for again that were on their way (${(total.onTheWay / done).toFixed(2)} a kill, ${total.mostAtOnce} at most, ${CONCURRENCY} in flight)`,
    `${total.paidTwice} asked twice by one process`,
    `${wrong} wrong`,
  ];
}

async function underDamage(): Promise<string[]> {
  let [again, most, unsaid, wrong, hit] = [0, 0, 0, 0, 0];
  for (let i = 0; i < damages; i++) {
    const out = join(folder, "damaged");
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    const store = join(out, "calls.sqlite");
    copyFileSync(join(folder, "undisturbed", "calls.sqlite"), store);
    const bytes = readFileSync(store);
    const at = rng.int(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + rng.int(255));
    writeFileSync(store, bytes);
    const from = server.log.length;
    const { code, stderr } = await run(out);
    const asked = server.log.length - from;
    again += asked;
    most = Math.max(most, asked);
    if (asked > 0) hit++;
    if (asked > 0 && !stderr.includes("damaged")) unsaid++;
    if (code !== 0 || !isRight(out)) wrong++;
  }
  return [
    `${damages} bytes changed`,
    `${hit} hit an answer: ${again} calls asked for again, at most ${most} at once, ${unsaid} times without a word`,
    `${wrong} wrong`,
  ];
}

async function onFullDisks(): Promise<string[]> {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const shell = (command: string) => spawnSync("bash", ["-c", command, disk]).status === 0;
  if (!shell('mount -t tmpfs -o size=6m tmpfs "$0"')) return ["left out: this user may not mount a disk"];
  let [filled, atOnce, lost, unsaid, wrong] = [0, 0, 0, 0, 0];
  const total = { answered: 0, onTheWay: 0, paidTwice: 0 };
  try {
    for (let i = 0; i < disks; i++) {
      const out = join(disk, "run");
      rmSync(out, { recursive: true, force: true });
      const { bavail, bsize } = statfsSync(disk);
      const left = Math.floor((i * 1_500_000) / disks);
      writeFileSync(join(disk, "filler"), Buffer.alloc(bavail * bsize - left));
      const from = server.log.length;
      const { code, stderr } = await run(out);
      rmSync(join(disk, "filler"));
      const { answered } = repeatedIn([from]);
      if (code !== 0) {
        filled++;
        if (answered === 0) atOnce++;
        if (code !== 1 || !stderr.includes("the disk is full")) unsaid++;
        if (answered > 0) lost += answered - storedIn(out);
      }
      const spans = [from, server.log.length];
      const rest = await run(out);
      if (rest.code !== 0 || !isRight(out)) wrong++;
      const counts = repeatedIn(spans);
      server.log.length = 0;
      for (const key of ["answered", "onTheWay", "paidTwice"] as const) total[key] += counts[key];
    }
  } finally {
    shell('umount -l "$0"');
  }
  return [
    `${filled} of ${disks} runs met a full disk, ${atOnce} before the first call`,
    `${lost} answers lost, ${total.paidTwice + total.onTheWay} paid twice, ${unsaid} times without naming the disk`,
    `${wrong} wrong`,
  ];
}

function storedIn(out: string): number {
  const store = openSqliteStore(join(out, "calls.sqlite"));
  const count = store.countCalls();
  store.close();
  return count;
}

async function underFaults(): Promise<string[]> {
  let [met, runs, wrong] = [0, 0, 0];
  const before = server.log.length;
  timeoutSeconds = 2;
  fault = () => (rng.uniform() < 0.05 ? rng.pick(FAULTS) : undefined);
  while (met < faults) {
    const out = join(folder, `faulty-${runs++}`);
    const { code } = await run(out);
    if (code !== 0 || !isRight(out)) wrong++;
    met = server.log.slice(before).filter((entry) => entry.fault !== undefined).length;
  }
  fault = () => undefined;
  return [`${met} faults of ${FAULTS.length} kinds in ${runs} runs`, `${wrong} wrong`];
}

await run(join(folder, "undisturbed"));
const calls = server.log.length;
console.log(`an undisturbed run: ${calls} calls, ${CONCURRENCY} in flight`);
for (const [name, part] of [
  ["kills", underKills],
  ["damage", underDamage],
  ["full disks", onFullDisks],
  ["faults", underFaults],
] as const) {
  const start = performance.now();
  console.log(`${name}: ${(await part()).join("; ")} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}
await server.close();
rmSync(folder, { recursive: true });
