import { readSync } from "node:fs";
import { UsageError } from "../../core/errors.ts";
import { refusal } from "../checkpoint/llama-config.ts";
import { BLOCK_FORMATS, type BlockFormat } from "./blocks.ts";
import type { GgufTensor } from "./header.ts";

/** Read at a time, about. */
const CHUNK_BYTES = 1 << 20;
/** Numbers of a row that a step is told for. */
const STEP_SIZE = 32;

/** @throws UsageError for a format that is not read here */
export function formatOf(name: string, { type }: GgufTensor, path: string): BlockFormat {
  const format = BLOCK_FORMATS[type];
  if (format !== undefined) return format;
  const known = Object.keys(BLOCK_FORMATS).join(", ");
  throw refusal(`"${name}" is stored as ${type}; ${known} can be read`, path);
}

export function rowsOf({ shape }: Pick<GgufTensor, "shape">): number {
  return shape.slice(0, -1).reduce((product, n) => product * n, 1);
}

/** A broken number where the row cannot be stored in this format. */
export function bytesOfRow({ shape }: Pick<GgufTensor, "shape">, { size, bytes }: BlockFormat): number {
  return ((shape.at(-1) ?? 0) / size) * bytes;
}

/**
 * Reads a tensor row by row.
 * @param take handed each row in turn, valid until the next; `steps` has one number for 32 of the row's, of which they are
 * whole multiples, or 0 where there is none
 */
export function readRows(
  fd: number,
  path: string,
  tensor: GgufTensor,
  format: BlockFormat,
  take: (values: Float32Array, row: number, steps: Float32Array) => void,
): void {
  const rows = rowsOf(tensor);
  const rowBytes = bytesOfRow(tensor, format);
  const together = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  const bytes = new Uint8Array(together * rowBytes);
  const from = { bytes, signed: new Int8Array(bytes.buffer), halves: new Float16Array(bytes.buffer) };
  const values = new Float32Array(tensor.shape.at(-1) as number);
  const steps = new Float32Array(Math.ceil(values.length / STEP_SIZE));
  for (let first = 0; first < rows; first += together) {
    const count = Math.min(together, rows - first);
    fill(fd, path, bytes.subarray(0, count * rowBytes), tensor.begin + first * rowBytes);
    for (let r = 0; r < count; r++) {
      let at = r * rowBytes;
      for (let to = 0; to < values.length; to += format.size, at += format.bytes) {
        format.read(from, at, values, to);
        if (format.step !== undefined) steps[to / STEP_SIZE] = format.step(from, at);
      }
      take(values, first + r, steps);
    }
  }
}

function fill(fd: number, path: string, bytes: Uint8Array, begin: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(fd, bytes, done, bytes.length - done, begin + done);
    if (count === 0) throw new UsageError("the file ended while it was read", { where: path });
    done += count;
  }
}
