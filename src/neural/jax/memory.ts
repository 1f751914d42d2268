import { wasm } from "../../numerics/wasm/shared-memory.ts";

/** 256 MiB: memory that was never written to costs nothing. */
const LEAP_PAGES = 4096;

/**
 * Runs `load` while memories of WebAssembly are of a kind that grows in leaps, where there is room for them. jax-js grows its
 * memory by each new array, and V8 collects all garbage at every growth of a large memory, some 70 ms each time: more than a
 * thousand times, and nine tenths of the first training step of an LLM of 135 million parameters.
 */
export async function withLeapingMemory<T>(load: () => Promise<T>): Promise<T> {
  const { Memory } = wasm;
  wasm.Memory = class extends Memory {
    override grow(pages: number): number {
      try {
        return super.grow(Math.max(pages, LEAP_PAGES));
      } catch {
        return super.grow(pages);
      }
    }
  };
  try {
    return await load();
  } finally {
    wasm.Memory = Memory;
  }
}
