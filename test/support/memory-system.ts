import { existsSync, readFileSync } from "node:fs";
import { UsageError } from "../../src/core/errors.ts";
import type { System } from "../../src/core/ports/system.ts";

/** A command's world in memory: what it writes stays here; files that are not here are read from the disk. */
export function memorySystem(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const written = new Map<string, string | Uint8Array>(Object.entries(files));
  const printed = { stdout: "", stderr: "" };
  const read = (path: string): Uint8Array => {
    const own = written.get(path);
    if (own !== undefined) return typeof own === "string" ? new TextEncoder().encode(own) : own;
    if (!existsSync(path))
      throw new UsageError(`cannot read ${path}: there is no such file`, { where: path });
    return readFileSync(path);
  };
  const textOf = (path: string): string => new TextDecoder().decode(read(path));
  const system: System = {
    cwd: ".",
    env: {},
    isTerminal: false,
    stdout: (text) => {
      printed.stdout += text;
    },
    stderr: (text) => {
      printed.stderr += text;
    },
    readFile: read,
    *readLines(path) {
      const texts = textOf(path).split("\n");
      if (texts.at(-1) === "") texts.pop();
      for (const [i, text] of texts.entries()) yield { number: i + 1, text };
    },
    exists: (path) => written.has(path) || existsSync(path),
    writeFile: (path, content) => void written.set(path, content),
    openLines(path) {
      let content = "";
      return {
        write: (line) => {
          content += `${line}\n`;
        },
        close: () => void written.set(path, content),
        flush: () => {},
        discard() {},
      };
    },
    createFile(path) {
      const pieces: Uint8Array[] = [];
      return {
        write: (bytes) => void pieces.push(bytes.slice()),
        close: () => void written.set(path, new Uint8Array(Buffer.concat(pieces))),
        discard() {},
      };
    },
    openFile(path) {
      const bytes = new Uint8Array(read(path));
      return {
        byteLength: bytes.length,
        slice: (start, end) => bytes.slice(start, end).buffer as ArrayBuffer,
        close() {},
      };
    },
    stopSignal: new AbortController().signal,
  };
  return { system, printed, written, textOf };
}
