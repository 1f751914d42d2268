import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { ApmError, UsageError } from "../core/errors.ts";
import type { FileReader, FileWriter, LineWriter, System, TextLine } from "../core/ports/system.ts";
import { linesOfText } from "../core/text.ts";

/** The doors of a system to the disk. */
export type Files = Pick<
  System,
  "cwd" | "readFile" | "readLines" | "exists" | "writeFile" | "openLines" | "createFile" | "openFile"
>;

/** The real disk, seen from a folder. */
export function nodeFiles(cwd: string): Files {
  return {
    cwd,
    readFile: (path) => readOrExplain(resolve(cwd, path), path),
    readLines: (path) => linesOf(resolve(cwd, path), path),
    exists: (path) => existsSync(resolve(cwd, path)),
    writeFile: (path, content) => {
      const lines = openPart(resolve(cwd, path));
      lines.write(content);
      lines.close();
    },
    openLines: (path) => {
      const part = openPart(resolve(cwd, path));
      return bufferedLines(part);
    },
    createFile: (path) => openPart(resolve(cwd, path)),
    openFile: (path) => pieces(resolve(cwd, path), path),
  };
}

function pieces(absolute: string, shown: string): FileReader {
  const fd = openOrExplain(absolute, shown);
  const { size } = fstatSync(fd);
  return {
    byteLength: size,
    slice(start, end = size) {
      const piece = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let at = 0;
      while (at < piece.length) {
        const got = readSync(fd, piece, at, piece.length - at, start + at);
        if (got === 0) break;
        at += got;
      }
      return piece.buffer;
    },
    close: () => closeSync(fd),
  };
}

/** @throws UsageError, for a folder too */
function openOrExplain(absolute: string, shown: string): number {
  let fd: number | undefined;
  try {
    fd = openSync(absolute, "r");
    if (fstatSync(fd).isFile()) return fd;
  } catch {}
  if (fd !== undefined) closeSync(fd);
  readOrExplain(absolute, shown);
  throw new UsageError(`cannot read ${shown}: this is no file`, { where: shown });
}

function readOrExplain(absolute: string, shown: string): Uint8Array {
  try {
    return readFileSync(absolute);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "this is a folder, not a file"
          : String(code);
    throw new UsageError(`cannot read ${shown}: ${what}`, {
      where: shown,
      remedy: "check the path; it is taken relative to the folder you are in",
      cause: error,
    });
  }
}

/** A megabyte at a time: files of any size, memory of one line. */
function* linesOf(absolute: string, shown: string): Generator<TextLine> {
  const explain = (): unknown => readOrExplain(absolute, shown);
  let fd: number;
  try {
    fd = openSync(absolute, "r");
  } catch {
    explain();
    return;
  }
  try {
    yield* linesOfText(chunksOf(fd, explain), shown);
  } finally {
    closeSync(fd);
  }
}

/** What helps, by the system's code. */
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "make room on the disk and run the same command again",
  ENOENT: "the folder was deleted while it was in use: run the same command again, which begins anew",
  EISDIR: "a folder has the name of the file: move it away",
};

/** @param explain throws for what cannot be read, such as a folder */
function* chunksOf(fd: number, explain: () => unknown): Generator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(1 << 20);
  for (;;) {
    let size = 0;
    try {
      size = readSync(fd, chunk);
    } catch (error) {
      explain();
      throw error;
    }
    if (size === 0) return;
    yield chunk.subarray(0, size);
  }
}

interface Part extends FileWriter {
  write(content: string | Uint8Array): void;
}

function openPart(path: string): Part {
  const part = `${path}.part`;
  const explain = (error: unknown): never => {
    const { code } = error as NodeJS.ErrnoException;
    throw new ApmError(`cannot write ${path}: ${code === "ENOSPC" ? "the disk is full (ENOSPC)" : code}`, {
      where: path,
      remedy: WRITE_REMEDIES[code ?? ""] ?? "check the folder's permissions",
      cause: error,
    });
  };
  let fd = -1;
  let open = true;
  try {
    mkdirSync(dirname(path), { recursive: true });
    fd = openSync(part, "w");
  } catch (error) {
    explain(error);
  }
  return {
    write(content) {
      try {
        let rest = typeof content === "string" ? Buffer.from(content) : content;
        while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        explain(error);
      }
    },
    close() {
      closeSync(fd);
      open = false;
      try {
        renameSync(part, path);
      } catch (error) {
        explain(error);
      }
    },
    // Called when anything fails, also after this file is whole: then it stays.
    discard() {
      if (!open) return;
      closeSync(fd);
      open = false;
      rmSync(part, { force: true });
    },
  };
}

/** Lines go to disk a megabyte at a time. */
function bufferedLines(part: Part): LineWriter {
  let pending: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (pending.length > 0) part.write(pending.join(""));
    pending = [];
    size = 0;
  };
  return {
    write(line) {
      pending.push(line, "\n");
      size += line.length;
      if (size > 1_000_000) flush();
    },
    flush,
    close() {
      flush();
      part.close();
    },
    discard: () => part.discard(),
  };
}
