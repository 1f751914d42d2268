/**
 * The paper's scale on the simulated model: what stands in `paper-scale.config.json`, 1.3 million calls, whatever the preset `paper`
 * comes to. Prints side by side: the calls alone, put to the simulated model by one thread; the run in one thread; the run as it
 * comes, in as many threads as there are cores; and the same once more in its directory, where every call is stored. Then whether one
 * thread and several wrote the same bytes. Times of a machine with other work mean little by the clock: compare the processor's.
 * Usage: node bench/paper-scale.ts [KEY=VALUE ...] (to change keys: users.train=400; all together about six minutes).
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const changes = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "apm-paper-"));
const here = (path: string): string => join(import.meta.dirname, path);

function node(args: readonly string[]): { text: string; wall: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`node ${args.join(" ")}: exit code ${status}\n${stderr}`);
  return { text: stdout.toString("utf8"), wall: (performance.now() - start) / 1000 };
}

const pure = JSON.parse(node([here("pure-calls.ts"), ...changes]).text) as {
  readonly calls: number;
  readonly wallSeconds: number;
  readonly processorSeconds: number;
};

function show(what: string, wall: number, processor: number, more: string): void {
  const ratio = (seconds: number, of: number): string =>
    `${seconds.toFixed(1)} s (${(seconds / of).toFixed(2)})`;
  console.log(
    `${what.padEnd(26)} clock ${ratio(wall, pure.wallSeconds).padStart(15)}   ` +
      `processor ${ratio(processor, pure.processorSeconds).padStart(15)}   ${more}`,
  );
}

function run(what: string, out: string, ...flags: string[]): void {
  const set = changes.flatMap((change) => ["--set", change]);
  const args = [
    here("../bin/apm-bench.js"),
    "run",
    here("paper-scale.config.json"),
    "--model",
    "sim",
    ...set,
  ];
  const { wall } = node([...args, "--out", join(folder, out), ...flags]);
  const told = JSON.parse(readFileSync(join(folder, out, "run.json"), "utf8"));
  const { userSeconds, systemSeconds, peakResidentBytes, storedCalls } = told;
  show(
    what,
    wall,
    userSeconds + systemSeconds,
    `${Math.round(peakResidentBytes / 1e6)} MB, ${storedCalls} calls`,
  );
}

const digest = (out: string): string => {
  const hash = createHash("sha256");
  for (const file of ["samples.jsonl", "users.jsonl", "results.json"])
    hash.update(readFileSync(join(folder, out, file)));
  return hash.digest("hex");
};

show("pure calls", pure.wallSeconds, pure.processorSeconds, `${pure.calls} calls`);
run("run in one thread", "one", "--threads", "1");
run("run", "several");
console.log(`the same bytes: ${digest("one") === digest("several") ? "yes" : "NO"}`);
run("second run, all stored", "several");
rmSync(folder, { recursive: true, force: true });
