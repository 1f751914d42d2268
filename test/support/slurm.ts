import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "./cluster-run.ts";
import { freePort } from "./free-port.ts";

/** A SLURM of one node on this machine, whose files lie in a temporary directory. */
export interface TestSlurm {
  /** What its commands need. */
  readonly env: { readonly SLURM_CONF: string };
  /** Carries out one of its commands in `cwd`. @returns what it prints */
  ask(command: string, args: readonly string[], cwd?: string): string;
  stop(): Promise<void>;
}

/** Whether Debian's package `slurm-wlm` is there, and may be started: its daemon wants to be root. */
export const HAS_SLURM =
  process.getuid?.() === 0 && ["slurmctld", "slurmd", "sbatch"].every((program) => isThere(program));

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** More processors than there are: tasks wait for each other's servers, not for processors. */
const PROCESSORS = 8;

/** Starts a controller and a node that trust each other without keys. */
export async function startSlurm(): Promise<TestSlurm> {
  const root = mkdtempSync(join(tmpdir(), "apm-slurm-"));
  for (const name of ["state", "spool"]) mkdirSync(join(root, name));
  const name = hostname().split(".")[0] as string;
  const [controller, node] = [await freePort(), await freePort()];
  const file = join(root, "slurm.conf");
  const lines = {
    ClusterName: "apm",
    SlurmctldHost: `${name}(127.0.0.1)`,
    SlurmctldPort: controller,
    SlurmdPort: node,
    AuthType: "auth/none",
    CredType: "cred/none",
    SlurmUser: "root",
    SlurmdUser: "root",
    StateSaveLocation: join(root, "state"),
    SlurmdSpoolDir: join(root, "spool"),
    SlurmctldPidFile: join(root, "slurmctld.pid"),
    SlurmdPidFile: join(root, "slurmd.pid"),
    SlurmctldLogFile: join(root, "slurmctld.log"),
    SlurmdLogFile: join(root, "slurmd.log"),
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    JobAcctGatherType: "jobacct_gather/none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core_Memory",
    SlurmdParameters: "config_overrides",
    MpiDefault: "none",
    NodeName: `${name} NodeAddr=127.0.0.1 CPUs=${Math.max(PROCESSORS, availableParallelism())} RealMemory=32000`,
    PartitionName: `main Nodes=${name} Default=YES MaxTime=INFINITE State=UP`,
  };
  writeFileSync(
    file,
    Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
  );
  const env = { SLURM_CONF: file };
  const daemons: ChildProcess[] = [];
  const daemon = (program: string, args: readonly string[]): void => {
    daemons.push(spawn(program, [...args, "-D"], { env: { ...process.env, ...env }, stdio: "ignore" }));
  };
  const ask: TestSlurm["ask"] = (command, args, cwd = root) =>
    execFileSync(command, args, {
      ...{ cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
      env: { ...process.env, ...env },
    }).trim();
  const stop = async (): Promise<void> => {
    for (const child of daemons.toReversed()) {
      const gone = new Promise((resolve) => child.once("close", resolve));
      if (child.kill("SIGTERM")) await gone;
    }
    rmSync(root, { recursive: true, force: true });
  };
  daemon("slurmctld", ["-c"]);
  daemon("slurmd", []);
  for (let tries = 0; ; tries++) {
    await pause(100);
    const { stdout } = spawnSync("sinfo", ["--noheader", "--format=%t"], { env: { ...process.env, ...env } });
    if (`${stdout}`.trim() === "idle") break;
    if (tries < 300) continue;
    await stop();
    throw new Error(`SLURM did not start: its node is "${`${stdout}`.trim()}"`);
  }
  return { env, ask, stop };
}
