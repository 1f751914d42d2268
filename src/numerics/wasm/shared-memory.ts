/** WebAssembly memory as Node gives it: the types of the platform without those of a browser page. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB, atomically; the number of pages before. */
  grow(pages: number): number;
}

interface WasmApi {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

export const wasm = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

const PAGE_BYTES = 1 << 16;
/** What 32-bit addresses reach: 4 GiB. */
const MOST_PAGES = 1 << 16;

/** Memories by their first buffer, so that whoever is handed tensors finds the memory that they stand in. */
const owners = new WeakMap<ArrayBufferLike, WasmMemory>();

/** Zeroed floats in a new memory that threads share and the kernel addresses. */
export function floatsInNewMemory(count: number): Float32Array {
  const pages = Math.ceil((count * 4) / PAGE_BYTES);
  const memory = new wasm.Memory({ initial: pages, maximum: MOST_PAGES, shared: true });
  owners.set(memory.buffer, memory);
  return new Float32Array(memory.buffer, 0, count);
}

/** The memory in which these floats stand, when it was made by `floatsInNewMemory`. */
export function memoryOf(floats: Float32Array): WasmMemory | undefined {
  return owners.get(floats.buffer);
}

/**
 * Further zeroed floats in a memory; they are never given back. Threads may do so at the same time.
 * @throws RangeError when 4 GiB are used up, or the machine has no more
 */
export function moreFloats(memory: WasmMemory, count: number): Float32Array {
  const page = memory.grow(Math.ceil((count * 4) / PAGE_BYTES));
  return new Float32Array(memory.buffer, page * PAGE_BYTES, count);
}
