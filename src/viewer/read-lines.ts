import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Small enough that a request that comes in between waits some ten milliseconds. */
const SLICE = 1 << 20;

/** One line of a file: its bytes, and where they stand. */
export interface FileLine {
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * The complete lines from byte `from` on, about a megabyte of them or one longer line. A last line that is still
 * being written is left for the next call.
 * @returns the lines and the byte after the last of them; `end === from` when there is nothing new
 */
export function readLinesFrom(path: string, from: number): { lines: FileLine[]; end: number } {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    for (let want = SLICE; ; want *= 2) {
      const buffer = Buffer.allocUnsafe(Math.min(want, Math.max(0, size - from)));
      const length = readFully(fd, buffer, from);
      const lines: FileLine[] = [];
      let start = 0;
      for (;;) {
        const newline = buffer.subarray(0, length).indexOf(10, start);
        if (newline < 0) break;
        if (newline > start) lines.push({ offset: from + start, bytes: buffer.subarray(start, newline) });
        start = newline + 1;
      }
      if (start > 0 || from + length >= size) return { lines, end: from + start };
    }
  } finally {
    closeSync(fd);
  }
}

/** The record at a place that `readLinesFrom` told. */
export function readRecord(path: string, offset: number, length: number): unknown {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(length);
    return JSON.parse(buffer.toString("utf8", 0, readFully(fd, buffer, offset)));
  } finally {
    closeSync(fd);
  }
}

function readFully(fd: number, buffer: Buffer, position: number): number {
  let length = 0;
  while (length < buffer.length) {
    const read = readSync(fd, buffer, length, buffer.length - length, position + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}
