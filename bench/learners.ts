/**
 * What the learned methods add to a run: the embedded default as it is, and with routing by rewards, k-NN routing and reward
 * reranking (over styles) besides, in turn, each in a process and a folder of its own.
 * `node bench/learners.ts [rounds] [train users]`, by default 3 and those of the default. Of each the fastest round counts:
 * whatever else the machine does only slows. Figures: docs/performance.md.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULTS } from "../src/core/config/defaults.ts";

const rounds = Number(process.argv[2] ?? 3);
const train = Number(process.argv[3] ?? DEFAULTS.users.train);
const ADDED = [
  { id: "routing", name: "routing by rewards", labels: "rewards" },
  "knn-routing",
  "reward-rerank",
];
const program = join(import.meta.dirname, "../bin/apm-bench.js");
const folder = mkdtempSync(join(tmpdir(), "apm-bench-learners-"));

/** Seconds of one run with these methods: by the clock, and of processor time. */
function seconds(name: string, methods: readonly unknown[]): { wall: number; processor: number } {
  const config = join(folder, `${name}.json`);
  const out = join(folder, name);
  writeFileSync(config, JSON.stringify({ users: { train }, methods, out }));
  rmSync(out, { recursive: true, force: true });
  const code = `process.on("exit", () => { const { user, system } = process.cpuUsage(); console.error("cpu " + (user + system)); });`;
  const watch = `data:text/javascript,${encodeURIComponent(code)}`;
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", watch, program, "run", config], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the run "${name}" failed:\n${stderr}`);
  const spent = [...stderr.matchAll(/^cpu (\d+)$/gm)].map(([, micros]) => Number(micros));
  return { wall: (performance.now() - start) / 1000, processor: Math.max(...spent) / 1e6 };
}

const runs = {
  without: DEFAULTS.methods,
  with: [...DEFAULTS.methods, ...ADDED],
};
const best = {
  without: { wall: Number.POSITIVE_INFINITY, processor: Number.POSITIVE_INFINITY },
  with: { wall: Number.POSITIVE_INFINITY, processor: Number.POSITIVE_INFINITY },
};
try {
  for (let round = 0; round < rounds; round++) {
    for (const name of ["without", "with"] as const) {
      const { wall, processor } = seconds(name, runs[name]);
      best[name].wall = Math.min(best[name].wall, wall);
      best[name].processor = Math.min(best[name].processor, processor);
      console.log(`${name.padEnd(8)} ${wall.toFixed(1)} s, ${processor.toFixed(1)} s of processor time`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
const ratio = (of: "wall" | "processor"): string => (best.with[of] / best.without[of]).toFixed(2);
console.log(
  `${train} train users, fastest of ${rounds}: ${ratio("wall")} times the time, ${ratio("processor")} times the processor time`,
);
