import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { bornOf } from "./process-birth.ts";
import { fullDiskError } from "./store-errors.ts";

/** Who holds a directory. `born` tells a process from a later one that was given the same number. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Boot id and start time of the process where the system tells them (Linux), else empty. */
  readonly born: string;
}

export interface DirectoryLock {
  /** Lets the next process in; may be called more than once. */
  release(): void;
}

/**
 * Makes this process the only one that writes into a directory (made when missing), by a file `lock.json` in it.
 * A lock left by a process that is gone is taken over.
 * @throws UsageError naming the holder's process id, or when the directory cannot be written; ApmError for a full disk
 */
export function lockDirectory(dir: string): DirectoryLock {
  const path = join(dir, "lock.json");
  const own: Holder = { pid: process.pid, host: hostname(), born: bornOf(process.pid) };
  const mine = join(dir, `lock.${own.pid}.${process.hrtime.bigint()}.json`);
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(mine, JSON.stringify(own), { flag: "wx" });
  } catch (error) {
    tryRemove(mine);
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw fullDiskError(error as Error, dir);
    throw new UsageError(`the directory cannot be written (${(error as Error).message})`, {
      where: dir,
      remedy: "choose another output directory, or make this one writable",
      cause: error,
    });
  }
  try {
    // A hard link appears whole or not at all, so nobody ever reads a half-written lock.
    while (!tryLink(mine, path)) {
      const text = tryRead(path);
      if (text === undefined) continue; // released just now
      const holder = parse(text);
      if (holder !== undefined && isAlive(holder)) throw heldBy(holder, dir, path);
      removeStale(path, text, mine);
    }
  } finally {
    unlinkSync(mine);
  }
  tidy(dir);
  let held = true;
  return {
    release() {
      if (held && tryRead(path) === JSON.stringify(own)) unlinkSync(path);
      held = false;
    },
  };
}

/** A file that nobody can read the holder of is somebody's who is about to write it, unless it is as old as this. */
const ABANDONED_MS = 60_000;

/** Removes what processes have left that were killed while they took the lock. */
function tidy(dir: string): void {
  for (const name of readdirSync(dir)) {
    if (!/^lock\.\d+\.\d+\.json(\.stale)?$/.test(name)) continue;
    const path = join(dir, name);
    const holder = parse(tryRead(path) ?? "");
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (holder === undefined ? age > ABANDONED_MS : !isAlive(holder)) tryRemove(path);
  }
}

/**
 * Takes exactly the stale lock away. When another process has replaced it in the meantime, that one's lock was moved,
 * and is put back.
 */
function removeStale(path: string, stale: string, mine: string): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster
  }
  if (tryRead(aside) !== stale) tryLink(aside, path);
  unlinkSync(aside);
}

function heldBy(holder: Holder, dir: string, path: string): UsageError {
  const here = holder.host === hostname();
  return new UsageError(
    `the directory is in use by process ${holder.pid}${here ? "" : ` on host ${holder.host}`}`,
    {
      where: dir,
      remedy: here
        ? "wait until that run has ended, stop it, or choose another output directory"
        : `wait until that run has ended; if it is gone, remove ${path}`,
    },
  );
}

/** A process on another host cannot be asked, so it counts as alive. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const born = bornOf(holder.pid);
  return born === "" || holder.born === "" || born === holder.born;
}

/** A lock file that cannot be understood (a disk that was full) holds nobody. */
function parse(text: string): Holder | undefined {
  try {
    const { pid, host, born } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && typeof host === "string" && typeof born === "string"
      ? { pid: pid as number, host, born }
      : undefined;
  } catch {
    return undefined;
  }
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function tryRemove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or was never made.
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
  }
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL); // a file system without hard links
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
