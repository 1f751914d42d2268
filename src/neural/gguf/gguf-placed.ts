import { closeSync, openSync } from "node:fs";
import { floatsInNewMemory, memoryOf } from "../../numerics/wasm/shared-memory.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { checkBytes, expectedTensors } from "../checkpoint/weights.ts";
import { BLOCK_SIZE } from "../decoder/byte-code.ts";
import type { PlacedModel, PlacedTensor } from "../decoder/placed.ts";
import { readFloats } from "./gguf-weights.ts";
import type { GgufHeader } from "./header.ts";
import { type Located, locate, planOf, usualRow } from "./plan.ts";
import { readRows } from "./rows.ts";

/** Magnitude of the greatest number of a block without a step of its own. */
const GREATEST = 127;

/** Whether a tensor is kept in 8 bits: matrices that the file has in 8 or fewer. */
const isKeptInBytes = ({ format, shape }: Pick<Located, "format" | "shape">): boolean =>
  format.bits <= 8 && shape.length === 2 && (shape[1] as number) % BLOCK_SIZE === 0;

/** Whether any of a file's weights are kept in 8 bits. */
export function hasBytes(header: GgufHeader): boolean {
  return [...locate(header).values()].some(isKeptInBytes);
}

/** 4-byte words that a tensor takes. */
function wordsOf(shape: readonly number[], inBytes: boolean): number {
  const count = shape.reduce((product, n) => product * n, 1);
  return inBytes ? count / 4 + count / BLOCK_SIZE : count;
}

/**
 * Checks, without reading them, that a file's weights are those of the network, and in formats that can be read.
 * @throws UsageError naming what is missing, of another shape or format, too large, or foreign to the architecture
 */
export function checkGgufWeights(header: GgufHeader, config: LlamaConfig): void {
  const located = locate(header);
  let words = 0;
  let areBytes = false;
  for (const [name, shape] of expectedTensors(config)) {
    const found = located.get(name);
    const inBytes = found !== undefined && isKeptInBytes({ format: found.format, shape });
    areBytes ||= inBytes;
    words += wordsOf(shape, inBytes);
  }
  checkBytes(config, words * 4, areBytes ? "in 8 bits" : "as 32-bit floats", header.path);
  planOf(header, config);
}

/**
 * Reads the weights of a GGUF file into shared memory, for decoding. Matrices that the file has in 8 or fewer bits become
 * whole numbers of 8 bits, 32 of which share a scale: Q8_0, Q5_0 and Q4_0 as they are, others to the nearest, at most a
 * 254th of the block's greatest number away. The rest are 32-bit floats.
 * @throws UsageError as `checkGgufWeights`
 */
export function placeGguf(header: GgufHeader, config: LlamaConfig): PlacedModel {
  checkGgufWeights(header, config);
  const { shapes, located } = planOf(header, config);
  const plan = [...shapes].map(([name, shape]) => {
    const tensor = located.get(name) as Located;
    return { name, shape, tensor, inBytes: isKeptInBytes(tensor) };
  });
  const block = floatsInNewMemory(plan.reduce((sum, { shape, inBytes }) => sum + wordsOf(shape, inBytes), 0));
  const tensors = new Map<string, PlacedTensor>();
  const fd = openSync(header.path, "r");
  try {
    let at = 0;
    for (const { name, shape, tensor, inBytes } of plan) {
      const length = shape.reduce((product, n) => product * n, 1);
      const place = block.subarray(at, (at += wordsOf(shape, inBytes)));
      const address = place.byteOffset;
      if (inBytes) {
        const scales = place.subarray(length / 4);
        readBytes(fd, tensor, new Int8Array(place.buffer, address, length), scales, config);
        tensors.set(name, { address, length, scales: scales.byteOffset });
      } else {
        readFloats(fd, tensor, place, config);
        tensors.set(name, { address, length });
      }
    }
  } finally {
    closeSync(fd);
  }
  return { config, memory: memoryOf(block)!, tensors };
}

function readBytes(
  fd: number,
  tensor: Located,
  target: Int8Array,
  scales: Float32Array,
  config: LlamaConfig,
): void {
  const width = tensor.shape[1] as number;
  readRows(fd, tensor.file, tensor, tensor.format, (values, row, steps) => {
    const to = usualRow(row, tensor, config) * width;
    for (let b = 0; b < width; b += BLOCK_SIZE) {
      let step = steps[b / BLOCK_SIZE]!;
      if (step === 0) {
        let most = 0;
        for (let i = b; i < b + BLOCK_SIZE; i++) most = Math.max(most, Math.abs(values[i]!));
        step = Math.fround(most / GREATEST);
      }
      scales[(to + b) / BLOCK_SIZE] = step;
      // A block of zeros has no step.
      const by = step === 0 ? 0 : 1 / step;
      for (let i = b; i < b + BLOCK_SIZE; i++) target[to + i] = Math.round(values[i]! * by);
    }
  });
}
