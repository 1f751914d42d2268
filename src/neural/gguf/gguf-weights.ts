import { closeSync, openSync } from "node:fs";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { checkSize, placeTensors, type Weights } from "../checkpoint/weights.ts";
import type { GgufHeader } from "./header.ts";
import { type Located, planOf, ROPE_FACTORS, usualRow } from "./plan.ts";
import { formatOf, readRows } from "./rows.ts";

/**
 * Reads the weights of a GGUF file as 32-bit floats.
 * @throws UsageError naming what is missing, of another shape or format, too large, or foreign to the architecture
 */
export function loadGgufWeights(header: GgufHeader, config: LlamaConfig): Weights {
  checkSize(config, header.path);
  const { shapes, located } = planOf(header, config);
  const weights = placeTensors(shapes);
  const fd = openSync(header.path, "r");
  try {
    for (const [name, { data }] of weights) readFloats(fd, located.get(name) as Located, data, config);
  } finally {
    closeSync(fd);
  }
  return weights;
}

/** Reads one tensor into its place, with the rows of rotated heads in their usual order. */
export function readFloats(fd: number, tensor: Located, target: Float32Array, config: LlamaConfig): void {
  const width = tensor.shape.at(-1) as number;
  readRows(fd, tensor.file, tensor, tensor.format, (values, row) => {
    if (tensor.shape.length > 1) target.set(values, usualRow(row, tensor, config) * width);
    else for (const [i, value] of values.entries()) target[usualRow(i, tensor, config)] = value;
  });
}

/** What each rotated pair's frequency is divided by, where the file lists it (Llama 3.1 and later). */
export function ggufRopeFactors(header: GgufHeader): Float32Array | undefined {
  const tensor = header.tensors.get(ROPE_FACTORS);
  if (tensor === undefined) return undefined;
  const factors = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1));
  const format = formatOf(ROPE_FACTORS, tensor, header.path);
  const row = { ...tensor, shape: [1, factors.length] };
  const fd = openSync(header.path, "r");
  try {
    readRows(fd, header.path, row, format, (values) => factors.set(values));
  } finally {
    closeSync(fd);
  }
  return factors;
}
