import { type Csr, type CsrRoom, plainRoom } from "./sparse.ts";
import { floatsInNewMemory, memoryOf, type WasmMemory } from "./wasm/shared-memory.ts";

/** With fewer entries a plain loop has multiplied before anything is compiled. */
export const LEAST_ENTRIES = 20_000;

/** A matrix in a memory of WebAssembly of its own: products read it where it stands. */
const placedRoom: CsrRoom = (rows, columns, entries) => {
  const all = floatsInNewMemory(2 * entries + rows + 1);
  const at = (start: number): number => all.byteOffset + 4 * start;
  return {
    ...{ rows, columns },
    indices: new Uint32Array(all.buffer, at(0), entries),
    values: new Float32Array(all.buffer, at(entries), entries),
    offsets: new Uint32Array(all.buffer, at(2 * entries), rows + 1),
  };
};

/** Where it pays: there for a large matrix, in ordinary arrays for a small one. */
export const roomForProducts: CsrRoom = (rows, columns, entries) =>
  (entries < LEAST_ENTRIES ? plainRoom : placedRoom)(rows, columns, entries);

/** The memory of a matrix that has a place there. */
export const placeOf = ({ values }: Csr): WasmMemory | undefined => memoryOf(values);

/** The matrix as it stands in a memory: itself, or a copy. */
export function placed(x: Csr): Csr {
  if (placeOf(x) !== undefined) return x;
  const copy = placedRoom(x.rows, x.columns, x.indices.length);
  copy.offsets.set(x.offsets);
  copy.indices.set(x.indices);
  copy.values.set(x.values);
  return copy;
}
