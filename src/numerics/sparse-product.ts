import { type Csr, multiply } from "./sparse.ts";
import { moduleOf } from "./wasm/assemble.ts";
import { floatsInNewMemory, memoryOf, moreFloats, type WasmMemory, wasm } from "./wasm/shared-memory.ts";
import { ENTRY_BYTES, sparseProductCode } from "./wasm/sparse-code.ts";

/** A sparse matrix made ready to be multiplied many times. */
export interface SparseProduct {
  /** As `multiply`, to the bit. */
  multiply(dense: Float64Array, width: number, out: Float64Array): void;
}

/** With fewer entries a plain loop is done before anything is compiled. */
const LEAST_ENTRIES = 20_000;
/** Columns of the dense matrix in one pass: ten sums of two leave room in sixteen vector registers. */
const MOST_COLUMNS = 20;

/**
 * Products on WebAssembly's SIMD instructions, about four times as fast as `multiply` for twenty columns. The entries are
 * copied, so that they stand where these instructions reach them.
 * @param made gives the matrix, when it is needed: it is not held beside its copy
 * @param leastEntries with fewer, products are plain loops
 */
export function sparseProduct(made: () => Csr, leastEntries = LEAST_ENTRIES): SparseProduct {
  let plain: Csr | undefined;
  let inMemory: SparseProduct | undefined;
  return {
    multiply(dense, width, out) {
      // Columns are summed in pairs.
      const isPaired = width % 2 === 0;
      if (isPaired && inMemory !== undefined) return inMemory.multiply(dense, width, out);
      plain ??= made();
      if (!isPaired || plain.indices.length < leastEntries) return multiply(plain, dense, width, out);
      inMemory = productInMemory(plain);
      plain = undefined;
      inMemory.multiply(dense, width, out);
    },
  };
}

interface Kernel {
  product(ends: number, last: number, entry: number, dense: number, out: number, stride: number): void;
}

function productInMemory({ rows, columns, offsets, indices, values }: Csr): SparseProduct {
  const entries = floatsInNewMemory((indices.length * ENTRY_BYTES) / 4);
  const memory = memoryOf(entries) as WasmMemory;
  interleave(indices, values, new Uint32Array(entries.buffer, entries.byteOffset, entries.length));
  const ends = moreFloats(memory, rows).byteOffset;
  const endsView = new Uint32Array(memory.buffer, ends, rows);
  for (let row = 0; row < rows; row++)
    endsView[row] = entries.byteOffset + ENTRY_BYTES * (offsets[row + 1] as number);
  const kernels = new Map<number, Kernel>();
  let place: { width: number; dense: Float64Array; out: Float64Array } | undefined;
  const placeOf = (width: number): NonNullable<typeof place> => {
    if (place !== undefined && place.width === width) return place;
    const doubles = (count: number): Float64Array => {
      const { byteOffset } = moreFloats(memory, 2 * count);
      return new Float64Array(memory.buffer, byteOffset, count);
    };
    place = { width, dense: doubles(columns * width), out: doubles(rows * width) };
    return place;
  };
  return {
    multiply(dense, width, out) {
      const own = placeOf(width);
      own.dense.set(dense.subarray(0, own.dense.length));
      for (let column = 0; column < width; column += MOST_COLUMNS) {
        const vectors = Math.min(MOST_COLUMNS, width - column) / 2;
        const kernel = kernels.get(vectors) ?? kernelOf(memory, vectors);
        kernels.set(vectors, kernel);
        kernel.product(
          ends,
          ends + 4 * (rows - 1),
          entries.byteOffset,
          own.dense.byteOffset + 8 * column,
          own.out.byteOffset + 8 * column,
          8 * width,
        );
      }
      out.set(own.out);
    },
  };
}

function kernelOf(memory: WasmMemory, vectors: number): Kernel {
  const bytes = moduleOf([sparseProductCode(vectors)]);
  return new wasm.Instance(new wasm.Module(bytes), { apm: { memory } }).exports as Kernel;
}

/** Index, value, index, value: as bits. */
function interleave(indices: Uint32Array, values: Float32Array, both: Uint32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < indices.length; i++) {
    both[2 * i] = indices[i] as number;
    both[2 * i + 1] = bits[i] as number;
  }
}
