import { moreFloats } from "../../numerics/wasm/shared-memory.ts";
import { BLOCK_SIZE } from "./byte-code.ts";
import type { PlacedModel } from "./placed.ts";

/** Rows of floats in the shared memory, side by side. */
export interface Matrix {
  readonly data: Float32Array;
  /** First byte in the memory. */
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from row to row. */
  readonly stride: number;
  row(index: number): Float32Array;
}

/** A matrix of weights. */
export interface WeightMatrix {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from row to row. */
  readonly stride: number;
  /** First byte of the scales of numbers of 8 bits; without it the numbers are 32-bit floats. */
  readonly scales: number | undefined;
}

/** Views of a network's weights, and the room in which one thread computes. */
export function workspace(
  { config, memory, tensors }: PlacedModel,
  { block, logitRows, longest }: { block: number; logitRows: number; longest: number },
) {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize, vocabSize } = config;
  const bias = (name: string): Float32Array | undefined => {
    const found = tensors.get(name);
    return found && new Float32Array(memory.buffer, found.address, found.length);
  };
  const hasScales = [...tensors.values()].some(({ scales }) => scales !== undefined);
  const widest = Math.max(hiddenSize, intermediateSize, heads * headDim);
  const make = (rows: number, columns: number): Matrix =>
    matrix(moreFloats(memory, rows * columns), rows, columns);
  return {
    bias,
    weight(name: string, rows: number): WeightMatrix {
      const found = tensors.get(name);
      if (found === undefined) throw new RangeError(`the weights lack "${name}"`);
      const { address, length, scales } = found;
      const columns = length / rows;
      return { address, rows, columns, stride: scales === undefined ? columns * 4 : columns, scales };
    },
    /** Rows of at most so many numbers as whole numbers of 16 bits, and their scales: first bytes. */
    shorts: hasScales
      ? {
          address: moreFloats(memory, (block * widest) / 2).byteOffset,
          scales: moreFloats(memory, (block * widest) / BLOCK_SIZE).byteOffset,
        }
      : undefined,
    work: {
      hidden: make(block, hiddenSize),
      normed: make(block, hiddenSize),
      q: make(block, heads * headDim),
      k: make(block, kvHeads * headDim),
      v: make(block, kvHeads * headDim),
      mixed: make(block, heads * headDim),
      gate: make(block, intermediateSize),
      up: make(block, intermediateSize),
      scores: make(block, (longest + 3) & ~3),
      logits: make(logitRows, vocabSize),
    },
  };
}

function matrix(data: Float32Array, rows: number, columns: number): Matrix {
  const views: Float32Array[] = [];
  return {
    data,
    address: data.byteOffset,
    rows,
    columns,
    stride: columns * 4,
    // A view costs more to make than a short loop over it.
    row: (index) => (views[index] ??= data.subarray(index * columns, (index + 1) * columns)),
  };
}
