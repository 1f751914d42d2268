import { LEAST_ENTRIES, placed, placeOf } from "./csr-room.ts";
import { type Csr, multiply } from "./sparse.ts";
import { moduleOf } from "./wasm/assemble.ts";
import { moreFloats, type WasmMemory, wasm } from "./wasm/shared-memory.ts";
import { INDEX_BYTES, sparseProductCode } from "./wasm/sparse-code.ts";

/** A sparse matrix made ready to be multiplied many times. */
export interface SparseProduct {
  /** As `multiply`, to the bit. */
  multiply(dense: Float64Array, width: number, out: Float64Array): void;
}

/** Columns of the dense matrix in one pass: ten sums of two leave room in sixteen vector registers. */
const MOST_COLUMNS = 20;

/**
 * Products on WebAssembly's SIMD instructions, about four times as fast as `multiply` for twenty columns. A matrix that does not stand
 * where these instructions reach it (`roomForProducts`) is copied there.
 * @param made gives the matrix, when it is needed
 * @param leastEntries with fewer, products are plain loops
 */
export function sparseProduct(made: () => Csr, leastEntries = LEAST_ENTRIES): SparseProduct {
  let matrix: Csr | undefined;
  let inMemory: SparseProduct | undefined;
  return {
    multiply(dense, width, out) {
      matrix ??= made();
      // Columns are summed in pairs.
      if (width % 2 > 0 || matrix.indices.length < leastEntries) return multiply(matrix, dense, width, out);
      matrix = placed(matrix);
      inMemory ??= productInMemory(matrix, placeOf(matrix) as WasmMemory);
      inMemory.multiply(dense, width, out);
    },
  };
}

interface Kernel {
  product(ends: number, last: number, index: number, dense: number, out: number, stride: number): void;
}

function productInMemory(
  { rows, columns, offsets, indices, values }: Csr,
  memory: WasmMemory,
): SparseProduct {
  const ends = moreFloats(memory, rows).byteOffset;
  const endsView = new Uint32Array(memory.buffer, ends, rows);
  for (let row = 0; row < rows; row++)
    endsView[row] = indices.byteOffset + INDEX_BYTES * (offsets[row + 1] as number);
  const toValues = values.byteOffset - indices.byteOffset;
  const kernels = new Map<number, Kernel>();
  let place: { width: number; dense: Float64Array; out: Float64Array } | undefined;
  const denseOf = (width: number): NonNullable<typeof place> => {
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
      const own = denseOf(width);
      own.dense.set(dense.subarray(0, own.dense.length));
      for (let column = 0; column < width; column += MOST_COLUMNS) {
        const vectors = Math.min(MOST_COLUMNS, width - column) / 2;
        const kernel = kernels.get(vectors) ?? kernelOf(memory, vectors, toValues);
        kernels.set(vectors, kernel);
        kernel.product(
          ends,
          ends + 4 * (rows - 1),
          indices.byteOffset,
          own.dense.byteOffset + 8 * column,
          own.out.byteOffset + 8 * column,
          8 * width,
        );
      }
      out.set(own.out);
    },
  };
}

function kernelOf(memory: WasmMemory, vectors: number, toValues: number): Kernel {
  const bytes = moduleOf([sparseProductCode(vectors, toValues)]);
  return new wasm.Instance(new wasm.Module(bytes), { apm: { memory } }).exports as Kernel;
}
