import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { APM_BENCH, EXAMPLE_CONFIG, EXAMPLES } from "../support/cluster-examples.ts";
import { runCli } from "../support/run-cli.ts";

const folder = temporaryFolder();
const lines = (dir: string, name: string): string => readFileSync(join(folder, dir, name), "utf8");
const environment = (more: Readonly<Record<string, string>> = {}) => ({
  ...{ PATH: `${join(folder, "bin")}:${process.env.PATH}`, APM_BENCH },
  ...more,
});
function expectSame(dir: string): void {
  for (const name of ["samples.jsonl", "users.jsonl"]) expect(lines(dir, name)).toBe(lines("one", name));
}

/** Stands in for SLURM's own: carries a job out at once, its array's tasks one after the other, and tells a number. */
const SBATCH = `#!/usr/bin/env bash
set -euo pipefail
count=
while [ "\${1#--}" != "$1" ]; do
  case "$1" in --array=1-*) count=\${1#--array=1-} ;; --dependency=*) echo "$1" >>sbatch.log ;; esac
  shift
done
echo "$(basename "$1") $2 \${count:-1}" >>sbatch.log
for task in $(seq 1 \${count:-1}); do
  SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=\${count:-1} bash "$@" >>job.log 2>&1
done
wc -l <sbatch.log
`;

beforeAll(async () => {
  writeFileSync(join(folder, "c.json"), JSON.stringify(EXAMPLE_CONFIG));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "sbatch"), SBATCH);
  chmodSync(join(folder, "bin", "sbatch"), 0o755);
  expect((await runCli(["run", "c.json", "--out", "one"], folder)).code).toBe(0);
});

describe("examples/cluster", () => {
  it("the SLURM script submits both arrays with what comes between and after them", () => {
    execFileSync(join(EXAMPLES, "submit.sh"), ["c.json", "slurm", "2"], { cwd: folder, env: environment() });
    expect(lines(".", "sbatch.log").trimEnd().split("\n")).toEqual([
      "shard.sbatch users 2",
      "--dependency=afterok:1",
      "merge.sbatch fit 1",
      "--dependency=afterok:3",
      "shard.sbatch answers 2",
      "--dependency=afterok:5",
      "merge.sbatch results 1",
    ]);
    expectSame("slurm");
  });

  it("the Makefile makes a run, and makes nothing twice", () => {
    const make = (): string =>
      execFileSync(
        "make",
        ["-j2", "-f", join(EXAMPLES, "Makefile"), "CONFIG=c.json", "RUN=made", "SHARDS=2"],
        {
          cwd: folder,
          env: environment(),
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        },
      );
    make();
    expectSame("made");
    expect(make()).toContain("up to date");
  });

  it("each pod of the Kubernetes Job makes its part", () => {
    const manifest = readFileSync(join(EXAMPLES, "kubernetes-job.yaml"), "utf8");
    // Block mappings two spaces deep, and no tab: what an API server refuses most.
    for (const line of manifest.split("\n")) expect(line).toMatch(/^( {2})*(\S.*)?$/);
    expect(manifest).toMatch(/^apiVersion: batch\/v1\nkind: Job\n/m);
    const value = (key: string): string | undefined =>
      new RegExp(`^ *${key}: "?([^"\\n]+)"?$`, "m").exec(manifest)?.[1];
    expect(value("completionMode")).toBe("Indexed");
    expect(value("restartPolicy")).toBe("OnFailure");
    const shards = /name: SHARDS\n *value: "(\d+)"/.exec(manifest)?.[1];
    expect([value("completions"), value("parallelism")]).toEqual([shards, shards]);
    const [, command = ""] = />-\n((?: {14}.+\n)+)/.exec(manifest) ?? [];
    const script = command.trim().split(/\n\s*/).join(" ");
    for (const index of ["0", "1"]) {
      execFileSync("/bin/sh", ["-c", script], {
        cwd: folder,
        env: environment({
          ...{ CONFIG: "c.json", RUN: "pods", STAGE: "users", SHARDS: "2" },
          JOB_COMPLETION_INDEX: index,
        }),
        stdio: "ignore",
      });
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("pods"))).toEqual([
      "pods-shard-1-of-2",
      "pods-shard-2-of-2",
    ]);
  });
});
