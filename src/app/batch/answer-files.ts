import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { UsageError } from "../../core/errors.ts";
import type { FileAnswer } from "../../providers/files/desk.ts";
import { readAnswerLine } from "./answer-line.ts";

/** Answers in files, found by key. Texts stay on the disk until they are asked for. */
export interface AnswerFiles {
  get(key: string): FileAnswer | undefined;
  /** Keys of all answers. */
  keys(): Iterable<string>;
  readonly tally: AnswerTally;
  close(): void;
}

/** What was found in the lines of the files. */
export interface AnswerTally {
  lines: number;
  /** Further answers to a request that has one: the first counts. */
  repeated: number;
  /** Requests without an answer, by reason: they are asked again. */
  readonly left: Map<string, number>;
  /** Lines that are none of ours or are broken, by reason, with the first place. */
  readonly refused: Map<string, { count: number; first: string }>;
}

/** Beyond it a line is no answer of a model. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const READ_BYTES = 1 << 20;
const LF = 10;

/**
 * Reads which answers files hold; gzipped ones are unpacked into a temporary folder.
 * @throws UsageError for a file that cannot be read
 */
export async function openAnswerFiles(paths: readonly string[]): Promise<AnswerFiles> {
  const tally: AnswerTally = { lines: 0, repeated: 0, left: new Map(), refused: new Map() };
  const places = new Map<string, readonly [file: number, start: number, length: number]>();
  const without = new Map<string, string>();
  const files: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), "apm-bench-batch-"));
  const close = (): void => {
    for (const file of files) closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  };
  const refuse = (reason: string, place: string): void => {
    const before = tally.refused.get(reason);
    tally.refused.set(reason, { count: (before?.count ?? 0) + 1, first: before?.first ?? place });
  };
  try {
    for (const [i, path] of paths.entries()) {
      const plain = await unpacked(path, join(folder, `${i}.jsonl`), () =>
        refuse("a gzipped file that ends in the middle", path),
      );
      const file = openSync(plain, "r");
      files.push(file);
      let number = 0;
      for (const { start, length } of linesOf(file)) {
        number++;
        if (length > MOST_LINE_BYTES) {
          refuse("a line of more than 64 MiB", `${path}, line ${number}`);
          continue;
        }
        const text = textAt(file, start, length);
        if (text.trim() === "") continue;
        tally.lines++;
        const line = readAnswerLine(text);
        if ("refused" in line) refuse(line.refused, `${path}, line ${number}`);
        else if ("left" in line) without.set(line.key, line.left);
        else if (places.has(line.key)) tally.repeated++;
        else places.set(line.key, [files.length - 1, start, length]);
      }
    }
  } catch (error) {
    close();
    throw error;
  }
  for (const [key, reason] of without)
    if (!places.has(key)) tally.left.set(reason, (tally.left.get(reason) ?? 0) + 1);
  return {
    tally,
    keys: () => places.keys(),
    get(key) {
      const place = places.get(key);
      if (place === undefined) return undefined;
      const line = readAnswerLine(textAt(files[place[0]] as number, place[1], place[2]));
      return "status" in line ? { status: line.status, text: line.text } : undefined;
    },
    close,
  };
}

function textAt(file: number, start: number, length: number): string {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const more = readSync(file, bytes, read, length - read, start + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.toString("utf8", 0, read);
}

/** Where the lines of a file lie, without their ends. */
function* linesOf(file: number): Generator<{ start: number; length: number }> {
  const chunk = Buffer.alloc(READ_BYTES);
  let [start, at] = [0, 0];
  for (;;) {
    const read = readSync(file, chunk, 0, READ_BYTES, at);
    if (read === 0) break;
    for (let i = chunk.indexOf(LF); i >= 0 && i < read; i = chunk.indexOf(LF, i + 1)) {
      yield { start, length: at + i - start };
      start = at + i + 1;
    }
    at += read;
  }
  if (at > start) yield { start, length: at - start };
}

/** The file itself, or what is in it where it is gzipped: as much as there is of one that was cut. */
async function unpacked(path: string, into: string, cut: () => void): Promise<string> {
  let file: number;
  try {
    if (!statSync(path).isFile()) throw new Error("it is no file");
    file = openSync(path, "r");
  } catch (error) {
    throw new UsageError(`the file cannot be read (${(error as Error).message})`, {
      where: path,
      remedy: "give the files that the batch has written",
      cause: error,
    });
  }
  const magic = Buffer.alloc(2);
  readSync(file, magic, 0, 2, 0);
  closeSync(file);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return path;
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(into));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw error;
    cut();
  }
  return into;
}
