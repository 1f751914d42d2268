import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { ApmError } from "../core/errors.ts";

const FULL = 13;
const FULL_DISK = [
  "the disk is full",
  "free some space and run the same command again: stored calls are not repeated",
] as const;

/** SQLite's primary result codes (sqlite3.h) that a user can do something about. */
const REMEDIES: Readonly<Record<number, readonly [what: string, remedy: string]>> = {
  5: [
    "the store is locked by another process",
    "wait for the other process to end, or use another directory",
  ],
  8: ["the store cannot be written", "make the file and its directory writable, or use another directory"],
  10: ["the disk failed while reading or writing the store", "check the disk; the stored calls stay"],
  11: ["the store is damaged", "restore it from a copy, or move it away and run again"],
  [FULL]: FULL_DISK,
  14: ["the store cannot be opened", "check that its directory exists and is writable"],
  26: ["the file is not a store", "choose another output directory, or move this file away"],
};

function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** A SQLite error in the user's terms; any other error as it is. */
export function storeError(error: unknown, path: string): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  const [what, remedy] = isDiskFull(error, path)
    ? FULL_DISK
    : (REMEDIES[code] ?? ["the store failed", "see the cause"]);
  return new ApmError(`${what} (SQLite: ${(error as Error).message})`, { where: path, remedy, cause: error });
}

/** What SQLite reports when its file makes no sense, for what it cannot see itself. */
export function damagedFile(what: string): Error {
  return Object.assign(new Error(what), { errcode: 11 });
}

/** Whether the file itself is broken, so that only what can be picked out of it is left. */
export function isDamagedFile(error: unknown): boolean {
  const code = primaryCode(error);
  return code === 11 || code === 26;
}

/** Also when SQLite could not make or enlarge a file, and there is no room for one. */
export function isDiskFull(error: unknown, path: string): boolean {
  const code = primaryCode(error);
  return code === FULL || ((code === 10 || code === 14) && !hasRoom(path));
}

function hasRoom(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail > 0;
  } catch {
    return true; // no such directory: another trouble
  }
}

/** For a full disk that was met outside SQLite. */
export function fullDiskError(cause: Error, path: string): ApmError {
  const [what, remedy] = FULL_DISK;
  return new ApmError(`${what} (${cause.message})`, { where: path, remedy, cause });
}

/** The store's file is no longer where it was made. */
export function deletedError(path: string): ApmError {
  return new ApmError("the store was deleted or replaced while it was in use, and what it held with it", {
    where: path,
    remedy: "put it back, or run the same command again: it begins anew",
  });
}
