/**
 * How long the command line takes to answer without doing anything, side by side with `node -e 0`: the second and later
 * calls, when Node's compile cache is filled. Wall times on a busy machine say little, so processor time stands beside.
 *
 *   node bench/startup.ts [FOLDER]      FOLDER: where the packed package is installed, besides this checkout:
 *                                       npm pack && npm install --prefix FOLDER ./apm-bench-*.tgz
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { quantile } from "../src/statistics/descriptive.ts";

const REPETITIONS = 21;
const ASKED = [["--version"], ["--help"], ["run", "--help"]];

const bins = {
  checkout: join(import.meta.dirname, "..", "bin", "apm-bench.js"),
  ...(process.argv[2] && {
    package: join(process.argv[2], "node_modules", "apm-bench", "bin", "apm-bench.js"),
  }),
};
const starts = [
  { name: "node -e 0", args: ["-e", "0"] },
  ...Object.entries(bins).flatMap(([place, bin]) =>
    ASKED.map((asked) => ({ name: `${place}: apm-bench ${asked.join(" ")}`, args: [bin, ...asked] })),
  ),
];

/** Wall time of one process, in milliseconds. */
function wall(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return performance.now() - startedAt;
}

/** Processor time of one process, in milliseconds, from many of them: the shell counts what its children took. */
function processor(args: readonly string[]): number {
  const script = `TIMEFORMAT="%3U %3S"; time for i in {1..${REPETITIONS}}; do "$0" "$@" >/dev/null; done`;
  const { stderr } = spawnSync("bash", ["-c", script, process.execPath, ...args], { encoding: "utf8" });
  const [user, system] = stderr.trim().split(" ").map(Number) as [number, number];
  return (1000 * (user + system)) / REPETITIONS;
}

for (const { args } of starts) wall(args);
const walls = starts.map((): number[] => []);
// In turn, so that whatever else the machine does falls on all alike.
for (let i = 0; i < REPETITIONS; i++)
  for (const [s, { args }] of starts.entries()) walls[s]?.push(wall(args));
const measured = starts.map(({ name, args }, s) => ({
  name,
  "least wall, ms": Math.min(...(walls[s] as number[])),
  "median wall, ms": quantile(walls[s] as number[], 0.5) as number,
  "processor, ms": processor(args),
}));
const [empty] = measured as [(typeof measured)[number]];
const times = (value: number, of: number): string => `${value.toFixed(0)} (x ${(value / of).toFixed(1)})`;
console.table(
  measured.map(({ name, ...values }) => ({
    name,
    ...Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, times(value, empty[key as keyof typeof values])]),
    ),
  })),
);
