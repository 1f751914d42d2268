import { roomForProducts } from "./csr-room.ts";
import type { Csr } from "./sparse.ts";

/** Collects the rows of a sparse matrix. */
export interface CsrRows {
  /** Copies a row's entries, by ascending column. */
  add(indices: Uint32Array, values: Float32Array): void;
  /** The rows that were added; nothing is added afterwards. */
  matrix(columns: number): Csr;
}

/** Room for the first entries: a row of n-grams has some hundred. */
const FIRST_ENTRIES = 1024;
/** From here on a buffer has pages of its own. */
const LARGE_BYTES = 2 ** 18;
/** What it may grow to: addresses are reserved, no memory. */
const MOST_BYTES = 2 ** 31;

/**
 * Rows are put one behind the other at once: thousands of small arrays, held until the last is made, would leave holes in the
 * process's memory that nobody can use.
 */
export function csrRows(rows: number): CsrRows {
  const offsets = new Uint32Array(rows + 1);
  let indices = new Uint32Array(FIRST_ENTRIES);
  let values = new Float32Array(FIRST_ENTRIES);
  let row = 0;
  let entries = 0;
  const resize = (length: number): void => {
    indices = new Uint32Array(resized(indices.buffer, 4 * length), 0, length);
    values = new Float32Array(resized(values.buffer, 4 * length), 0, length);
  };
  return {
    add(columns, own) {
      if (entries + columns.length > indices.length)
        resize(Math.max(2 * indices.length, entries + columns.length));
      indices.set(columns, entries);
      values.set(own, entries);
      entries += columns.length;
      offsets[++row] = entries;
    },
    matrix(columns) {
      const matrix = roomForProducts(rows, columns, entries);
      matrix.offsets.set(offsets);
      matrix.indices.set(indices.subarray(0, entries));
      matrix.values.set(values.subarray(0, entries));
      resize(0);
      return matrix;
    },
  };
}

/**
 * A buffer of another length that begins with the same bytes; the one of before is free at once. A large one grows where it is and
 * gives its pages back to the system when it is emptied: the allocator would keep them.
 */
function resized(buffer: ArrayBuffer, bytes: number): ArrayBuffer {
  if (buffer.resizable) {
    buffer.resize(bytes);
    return buffer;
  }
  if (bytes < LARGE_BYTES) return buffer.transfer(bytes);
  const large = new ArrayBuffer(bytes, { maxByteLength: MOST_BYTES });
  new Uint8Array(large).set(new Uint8Array(buffer));
  buffer.transfer(0);
  return large;
}
