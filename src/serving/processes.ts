import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { bornOf, statFields } from "../store/process-birth.ts";

/** A process as the system lists it. */
interface Listed {
  readonly pid: number;
  readonly group: number;
  readonly isDead: boolean;
}

/** Names the machine, and where processes are numbered apart (containers), the numbering. */
export function processSpace(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/**
 * When a process began, to tell it from a later one of the same number: by /proc, and where there is none (macOS, BSD) by
 * `ps`, to the second.
 * @returns empty when there is no such process
 */
export function birthOf(pid: number): string {
  return bornOf(pid) || (hasProc() ? "" : ps("-o", "lstart=", "-p", String(pid)).trim());
}

/** Living processes of a group; those that have ended and wait for their parent are none. */
export function membersOf(group: number): number[] {
  return listed().flatMap(({ pid, group: own, isDead }) => (own === group && !isDead ? [pid] : []));
}

/** Living processes whose environment holds `NAME=value`; none where the system does not show environments. */
export function processesWith(name: string, value: string): number[] {
  const wanted = `${name}=${value}`;
  return listed().flatMap(({ pid, isDead }) =>
    !isDead && (tryRead(`/proc/${pid}/environ`) ?? "").split("\0").includes(wanted) ? [pid] : [],
  );
}

/** Sends a signal to a whole group, or to one process; whoever is gone already is no error. */
export function signal(
  target: { readonly group: number } | { readonly pid: number },
  name: NodeJS.Signals,
): void {
  try {
    process.kill("group" in target ? -target.group : target.pid, name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

const hasProc = (): boolean => tryRead("/proc/self/stat") !== undefined;

function listed(): Listed[] {
  if (!hasProc()) {
    return ps("-axo", "pid=,pgid=,stat=")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, group, state = ""]) => ({
        pid: Number(pid),
        group: Number(group),
        isDead: state.startsWith("Z"),
      }));
  }
  return readdirSync("/proc").flatMap((name): Listed[] => {
    const stat = /^\d+$/.test(name) ? tryRead(`/proc/${name}/stat`) : undefined;
    if (stat === undefined) return [];
    const [state = "", , group] = statFields(stat);
    return [{ pid: Number(name), group: Number(group), isDead: state === "Z" || state === "X" }];
  });
}

const ps = (...args: string[]): string => spawnSync("ps", args, { encoding: "utf8" }).stdout ?? "";

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
