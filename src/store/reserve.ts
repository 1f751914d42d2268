import { closeSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fullDiskError } from "./store-errors.ts";

/** Enough for what a run may hold in memory: a thousand rows, or the long answers of some hundred calls in flight. */
const WANTED = 4 * 2 ** 20;
/** On a small disk, the share of its free space. */
const SHARE = 1 / 4;
/** With less room than this, what is in flight when the disk is full could not be kept. */
const LEAST = 2 ** 16;
const BLOCK = Buffer.alloc(2 ** 16, 0x2e);

/** Room on the disk that is kept for the moment in which there is no other. */
export interface Reserve {
  /** Gives the room to whoever writes next; may be called more than once. */
  release(): void;
}

/**
 * Takes room beside `path`.
 * @throws ApmError when the disk is full already
 */
export function takeReserve(path: string): Reserve {
  const file = `${path}-reserve`;
  const release = (): void => rmSync(file, { force: true });
  release(); // of a process that was killed
  const { bavail, bsize } = statfsSync(dirname(path));
  const size = Math.min(WANTED, Math.floor(bavail * bsize * SHARE));
  let taken = 0;
  let cause = new Error(`${bavail * bsize} bytes are free`);
  try {
    const fd = openSync(file, "w");
    try {
      // Written, not only made long: a hole in a file takes no room.
      while (taken < size) taken += writeSync(fd, BLOCK, 0, Math.min(size - taken, BLOCK.length));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    cause = error as Error; // a quota, say: what could be had is kept
  }
  if (taken < LEAST) {
    release();
    throw fullDiskError(cause, path);
  }
  return { release };
}
