/**
 * Freezes a finished run and loads the set again, each in a process of its own, beside the time of reading the run's store
 * once. Prints wall and processor time and the most memory that was resident.
 * Usage: node bench/bundle.ts RUN [SET] (a run directory such as bench/paper-scale.ts makes; a new temporary folder).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { nodeSystem } from "../src/app/node-system.ts";
import { loadBundle } from "../src/bundle/load.ts";
import { checkTables, openBundle } from "../src/bundle/open.ts";

const WORK: Readonly<Record<string, (path: string, out: string) => Promise<unknown>>> = {
  /** Every row of the table of calls, in its order: what no reader of a store can do without. */
  "rows of the store": async (run) => {
    const db = new DatabaseSync(join(run, "calls.sqlite"), { readOnly: true });
    let bytes = 0;
    for (const row of db.prepare("SELECT * FROM calls").iterate()) {
      for (const value of Object.values(row)) if (value instanceof Uint8Array) bytes += value.length;
    }
    return bytes;
  },
  /** The users of the run made again from its store: every call that they need is looked up once. */
  "look-ups in the store": async (run) => {
    const { openFinishedRun } = await import("../src/app/bundle/finished-run.ts");
    const finished = await openFinishedRun(quiet, run, () => ({ observe() {}, end() {} }));
    await finished.eachUser(() => {});
    finished.close();
  },
  freezing: async (run, out) => {
    const { freezeRun } = await import("../src/app/bundle/freeze.ts");
    await freezeRun(quiet, run, { out, licence: "unknown" }, () => ({ observe() {}, end() {} }));
  },
  loading: async (_, out) => {
    const bundle = openBundle(quiet, out);
    checkTables(quiet, bundle);
    return await loadBundle(quiet, bundle);
  },
};
const quiet = { ...nodeSystem(), stderr() {} };

const [run, out = mkdtempSync(join(tmpdir(), "apm-set-")), only] = process.argv.slice(2);
if (run === undefined) throw new Error("name a run directory");
if (only === undefined) {
  for (const name of Object.keys(WORK)) {
    const { status } = spawnSync(process.execPath, [import.meta.filename, run, out, name], {
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`${name}: exit code ${status}`);
  }
} else {
  const started = performance.now();
  await WORK[only]?.(run, out);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(
    `${only}: ${((performance.now() - started) / 1000).toFixed(1)} s wall, ` +
      `${((userCPUTime + systemCPUTime) / 1e6).toFixed(1)} s of the processor, ${((maxRSS * 1024) / 2 ** 30).toFixed(2)} GiB`,
  );
  process.exit(0);
}
