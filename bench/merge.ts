/**
 * Merging stores: calls a second of processor time, into an empty store, and again where all is there.
 * `node bench/merge.ts [calls] [sources]`, by default 800,000 calls (nine judge scores to one answer of 800 characters) in 4
 * sources; leaves nothing behind.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentKey } from "../src/core/hash.ts";
import type { StoredCall } from "../src/core/ports/store.ts";
import { rngOf, rootKey } from "../src/core/random.ts";
import { mergeStores } from "../src/store/merge.ts";
import { openSqliteStore } from "../src/store/sqlite.ts";

const calls = Number(process.argv[2] ?? 800_000);
const sources = Number(process.argv[3] ?? 4);
/** One call in so many is an answer, the others are judge scores. */
const ANSWER_EVERY = 10;

const directory = mkdtempSync(join(tmpdir(), "apm-bench-merge-"));
const rng = rngOf(rootKey("bench/merge"));
const words = Array.from({ length: 5000 }, (_, i) => (i * 7919).toString(36));
const text = (): string => Array.from({ length: 160 }, () => rng.pick(words)).join(" ");
const texts = Array.from({ length: 500 }, text);
const callAt = (i: number): StoredCall =>
  i % ANSWER_EVERY === 0
    ? { text: texts[i % texts.length] as string, finishReason: "stop", inputTokens: 120, outputTokens: 200 }
    : { text: String(1 + (i % 10)), finishReason: "stop", inputTokens: 300 + (i % 200), outputTokens: 1 };

const paths = Array.from({ length: sources }, (_, s) => join(directory, `shard-${s}.sqlite`));
for (const [s, path] of paths.entries()) {
  const store = openSqliteStore(path);
  for (let i = s; i < calls; i += sources) store.putCall(contentKey(`call ${i}`), callAt(i));
  store.close();
}

function timed(what: string): void {
  const before = process.cpuUsage();
  const started = performance.now();
  const counts = mergeStores(join(directory, "merged.sqlite"), paths, console.error);
  const { user, system } = process.cpuUsage(before);
  const sum = (pick: "calls" | "known"): number => counts.reduce((total, c) => total + c[pick], 0);
  if (sum("calls") + sum("known") !== calls) throw new Error("calls were lost");
  const rate = calls / ((user + system) / 1e6);
  console.log(
    `${what}: ${sum("calls")} new, ${sum("known")} known; ${Math.round(rate)} calls per second of processor time ` +
      `(${((performance.now() - started) / 1000).toFixed(1)} s of wall time)`,
  );
}
timed("into an empty store");
timed("once more");
rmSync(directory, { recursive: true });
