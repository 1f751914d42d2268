import { moreFloats, type WasmMemory } from "../../numerics/wasm/shared-memory.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";

/** Keys and values of the positions of one sequence. */
export interface KvCache {
  /** Positions at most. */
  readonly capacity: number;
  /** [layers, kvHeads, capacity, headDim] */
  readonly keys: Float32Array;
  /** [layers, kvHeads, headDim, capacity]: a head's weighted sum of values is a product with rows of this. */
  readonly values: Float32Array;
  /** What stands at each filled position: a token id, or `FOREIGN`. */
  readonly tokens: number[];
}

/** A position that was filled from an embedding that is no token's (a soft prompt). */
export const FOREIGN = -1;

/** Memory that the caches of one thread may take; one sequence is decoded even if it takes more. */
const CACHE_BYTES = 512 * 2 ** 20;
const SMALLEST = 256;

/** Caches of a thread. Those of ended sequences are kept: the next one may begin with the same tokens. */
export interface CachePool {
  /**
   * A cache for at least `capacity` positions, whose `tokens` are cut to those that it shares with the beginning of
   * `tokens`.
   * @returns null when there is no room until others are released
   */
  acquire(capacity: number, tokens: readonly number[]): KvCache | null;
  release(cache: KvCache): void;
}

export function cachePool(config: LlamaConfig, memory: WasmMemory): CachePool {
  const perPosition = 2 * config.layers * config.kvHeads * config.headDim;
  const free: KvCache[] = [];
  let inUse = 0;
  let bytes = 0;

  const create = (capacity: number): KvCache => {
    const block = moreFloats(memory, capacity * perPosition);
    bytes += block.byteLength;
    const [keys, values] = [block.subarray(0, block.length / 2), block.subarray(block.length / 2)];
    return { capacity, keys, values, tokens: [] };
  };

  return {
    acquire(capacity, tokens) {
      const fitting = free.filter((cache) => cache.capacity >= capacity);
      const [best] = fitting.sort((a, b) => sharedTokens(b.tokens, tokens) - sharedTokens(a.tokens, tokens));
      // Powers of two: a cache that is too small for one sequence serves many others.
      let size = SMALLEST;
      while (size < capacity) size *= 2;
      const hasRoom = bytes + 4 * size * perPosition <= CACHE_BYTES || inUse + fitting.length === 0;
      if (best === undefined && !hasRoom) return null;
      // One with nothing in common is left for others that may be asked for again, as long as there is room.
      const isTaken = best !== undefined && (!hasRoom || sharedTokens(best.tokens, tokens) > 0);
      const cache = isTaken ? best : create(size);
      if (isTaken) free.splice(free.indexOf(best), 1);
      cache.tokens.length = sharedTokens(cache.tokens, tokens);
      inUse++;
      return cache;
    },
    release(cache) {
      free.push(cache);
      inUse--;
    },
  };
}

/** How many tokens two sequences begin with in common. */
function sharedTokens(a: readonly number[], b: readonly number[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n] && a[n] !== FOREIGN) n++;
  return n;
}
