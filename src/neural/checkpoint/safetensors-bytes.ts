import type { Tensor } from "./safetensors.ts";

/**
 * The tensors of a small safetensors file in memory, in 32-bit floats, as this package and its trainer write them.
 * @throws RangeError for bytes that are not of the format, or another dtype
 */
export function parseSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const own = new Uint8Array(bytes);
  const length = Number(new DataView(own.buffer).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(own.subarray(8, 8 + length)).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (dtype !== "F32") throw new RangeError(`"${name}" is stored as ${dtype}, not as F32`);
    const data = new Float32Array(own.slice(8 + length + at[0], 8 + length + at[1]).buffer);
    tensors.set(name, { shape, data });
  }
  return tensors;
}
