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
  /** The buffers of before are free at once. */
  const resize = (length: number): void => {
    indices = new Uint32Array(indices.buffer.transfer(4 * length));
    values = new Float32Array(values.buffer.transfer(4 * length));
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
      resize(entries);
      return { rows, columns, offsets, indices, values };
    },
  };
}
