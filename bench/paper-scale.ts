/**
 * Runs the paper's scale twice in one directory, on the simulated model, and prints the times of both runs: what stands in
 * `paper-scale.config.json`, 1.3 million calls, whatever the preset `paper` comes to.
 * Usage: node bench/paper-scale.ts [DIR] (a new temporary directory by default; takes about two minutes).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const out = process.argv[2] ?? mkdtempSync(join(tmpdir(), "apm-paper-"));
const bin = join(import.meta.dirname, "../bin/apm-bench.js");
const config = join(import.meta.dirname, "paper-scale.config.json");
for (const name of ["first run", "second run"]) {
  const args = [bin, "run", config, "--model", "sim", "--out", out];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${name}: exit code ${status}`);
  const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  console.log(
    `${name}: ${run.wallSeconds.toFixed(1)} s wall, ${run.userSeconds.toFixed(1)} s user, ` +
      `${run.systemSeconds.toFixed(1)} s system, ${(run.peakResidentBytes / 1e9).toFixed(2)} GB peak, ` +
      `${run.storedCalls} stored calls`,
  );
}
