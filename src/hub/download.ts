import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ApmError } from "../core/errors.ts";
import { clientOptions, hubPackage } from "./files.ts";
import type { HubAccess, HubFile, HubRepo } from "./repo.ts";

/** Downloads of one file that end early before it is given up; each goes on where the one before ended. */
const TRIES = 4;
const CHUNK_BYTES = 1 << 22;

/**
 * Downloads a file of the hub to `path`, complete and as the hub lists it, or not at all. What was loaded stays beside it
 * as `path.part`: a later call goes on from there.
 * @param progress told how many bytes are there, now and then
 * @throws the errors of the hub's own client and of the disk; ApmError for contents that are not what is listed
 */
export async function downloadHubFile(
  access: HubAccess,
  repo: HubRepo,
  file: HubFile,
  path: string,
  progress: (bytes: number) => void = () => {},
): Promise<void> {
  const { downloadFile } = await hubPackage(repo);
  const blob = await downloadFile({
    ...clientOptions(access),
    repo: { type: repo.type, name: repo.name },
    path: file.path,
    revision: file.revision,
    xet: false,
  });
  if (blob === null)
    throw new ApmError("the hub lists this file, but does not have it", { where: file.path });
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.part`;
  for (let tries = 1; ; tries++) {
    const before = existsSync(part);
    try {
      await loadRest(blob, part, file, progress);
      renameSync(part, path);
      return;
    } catch (error) {
      // Whoever loads the same file at the same time may have finished it.
      if (existsSync(path) && statSync(path).size === file.size) return;
      const isOther = error instanceof ApmError;
      if (isOther) rmSync(part, { force: true });
      // Bytes of an earlier day may be of another file: they are loaded anew, once.
      if (tries >= TRIES || !(isOther ? before : isCut(error))) throw error;
    }
  }
}

/** Whether a download ended early for a reason that may pass. */
function isCut(error: unknown): boolean {
  const { code, statusCode, name } = error as { code?: string; statusCode?: number; name?: string };
  const isOfDisk = code !== undefined && /^E(NOSPC|ACCES|ROFS|DQUOT|ISDIR|NOENT)$/.test(code);
  return !isOfDisk && statusCode === undefined && name !== "AbortError" && name !== "StoppedError";
}

class ShortDownload extends Error {}

async function loadRest(
  blob: Blob,
  part: string,
  file: HubFile,
  progress: (bytes: number) => void,
): Promise<void> {
  const fd = openSync(part, existsSync(part) ? "r+" : "w+");
  try {
    const hash = file.isSha256 ? createHash("sha256") : createHash("sha1").update(`blob ${file.size}\0`);
    let done = hashed(fd, hash);
    progress(done);
    if (done < file.size) {
      // Others may load the same file: the same bytes then go to the same places.
      for await (const chunk of streamOf(blob, done)) {
        hash.update(chunk);
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at, chunk.length - at, done + at);
        done += chunk.length;
        progress(done);
      }
      if (done < file.size) throw new ShortDownload(`the download ended after ${done} of ${file.size} bytes`);
    }
    if (done !== file.size || hash.digest("hex") !== file.hash) {
      throw new ApmError(
        `the download of ${file.path} is not what the hub lists (${done} of ${file.size} bytes)`,
        {
          where: file.path,
          remedy: "run the same command again; complete files are kept",
        },
      );
    }
  } finally {
    closeSync(fd);
  }
}

/** Takes what is there already into the hash. @returns how many bytes that is */
function hashed(fd: number, hash: Hash): number {
  const { size } = fstatSync(fd);
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
  let done = 0;
  while (done < size) {
    const count = readSync(fd, chunk, 0, chunk.length, done);
    if (count === 0) break;
    hash.update(chunk.subarray(0, count));
    done += count;
  }
  return done;
}

function streamOf(blob: Blob, from: number): AsyncIterable<Uint8Array> {
  return (from === 0 ? blob : blob.slice(from)).stream() as unknown as AsyncIterable<Uint8Array>;
}
