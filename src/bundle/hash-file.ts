import { createHash } from "node:crypto";
import type { System } from "../core/ports/system.ts";

/** Bytes that are read at once. */
const PIECE = 1 << 20;

/** SHA-256 and size of a file, read a piece at a time. @throws UsageError when it cannot be read */
export function hashOf(system: Pick<System, "openFile">, path: string): { sha256: string; bytes: number } {
  const file = system.openFile(path);
  try {
    const sum = createHash("sha256");
    for (let at = 0; at < file.byteLength; at += PIECE) {
      sum.update(new Uint8Array(file.slice(at, Math.min(at + PIECE, file.byteLength))));
    }
    return { sha256: sum.digest("hex"), bytes: file.byteLength };
  } finally {
    file.close();
  }
}
