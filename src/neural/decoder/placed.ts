import { floatsInNewMemory, memoryOf, type WasmMemory } from "../../numerics/wasm/shared-memory.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { expectedTensors, type Weights } from "../checkpoint/weights.ts";

/** A network whose weights stand in shared memory: what is handed to threads. */
export interface PlacedModel {
  readonly config: LlamaConfig;
  readonly memory: WasmMemory;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
}

/** A tensor in the memory. */
export interface PlacedTensor {
  /** First byte. */
  readonly address: number;
  /** How many numbers. */
  readonly length: number;
  /** First byte of its scales where the numbers are of 8 bits; without it they are 32-bit floats. */
  readonly scales?: number;
}

/**
 * Places weights for decoding: as they are when `loadWeights` read them, copied otherwise (a merged adapter, a network
 * that was just trained).
 * @throws RangeError when a tensor is missing or of another size, or when a row is not a multiple of four numbers
 */
export function placeModel(config: LlamaConfig, weights: Weights): PlacedModel {
  for (const size of [config.hiddenSize, config.intermediateSize, config.headDim]) {
    if (size % 4 !== 0) throw new RangeError(`a row of ${size} numbers is not a multiple of four`);
  }
  for (const [name, shape] of expectedTensors(config)) {
    const found = weights.get(name)?.data.length;
    const length = shape.reduce((product, n) => product * n, 1);
    if (found !== length) throw new RangeError(`"${name}" has ${found} numbers instead of ${length}`);
  }
  const [first] = weights.values();
  const memory = first && memoryOf(first.data);
  const isPlaced = memory && [...weights.values()].every(({ data }) => memoryOf(data) === memory);
  if (!isPlaced) return placeModel(config, copied(weights));
  const tensors = new Map(
    [...weights].map(([name, { data }]) => [name, { address: data.byteOffset, length: data.length }]),
  );
  return { config, memory, tensors };
}

function copied(weights: Weights): Weights {
  let count = 0;
  for (const { data } of weights.values()) count += data.length;
  const block = floatsInNewMemory(count);
  let at = 0;
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      const place = block.subarray(at, (at += data.length));
      place.set(data);
      return [name, { shape, data: place }];
    }),
  );
}
