/** A few words of WebAssembly's binary format (https://webassembly.github.io/spec/core/binary), as needed by our kernels. */

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a small number (-64 to 8191). */
function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, (value >> 7) & 0x7f];
}

/** A piece of code: bytes of instructions. */
export type Code = readonly number[];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const add: Code = [0x6a];
export const subtract: Code = [0x6b];
export const multiply: Code = [0x6c];
const lessUnsigned: Code = [0x49];
const branchIf = (depth: number): Code => [0x0d, depth];
const EMPTY = 0x40;
const END = 0x0b;

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** Alignment hint (4 bytes) and offset. */
const at = (offset: number): Code => [2, ...unsigned(offset)];
export const loadVector = (offset: number): Code => [...simd(0x00), ...at(offset)];
/** Eight signed bytes, as whole numbers of 16 bits. */
export const loadBytes = (offset: number): Code => [...simd(0x01), ...at(offset)];
/** One float of the memory in all four lanes. */
export const loadSplat = (offset: number): Code => [...simd(0x09), ...at(offset)];
export const storeVectorAt = (offset: number): Code => [...simd(0x0b), ...at(offset)];
export const storeVector: Code = storeVectorAt(0);
/** The same number in all four lanes. */
export const fourTimes = (value: number): Code => {
  const bytes = [...new Uint8Array(Float32Array.of(value).buffer)];
  return [...simd(0x0c), ...bytes, ...bytes, ...bytes, ...bytes];
};
export const splat: Code = simd(0x13);
/** A number of the memory, in whole or as a float of 64 bits in both lanes. */
export const loadInteger = (offset: number): Code => [0x28, ...at(offset)];
export const loadFloatAsDoubles = (offset: number): Code => [0x2a, ...at(offset), 0xbb, ...simd(0x14)];
export const addDoubles: Code = simd(0xf0);
export const multiplyDoubles: Code = simd(0xf2);
export const addVectors: Code = simd(0xe4);
export const subtractVectors: Code = simd(0xe5);
export const multiplyVectors: Code = simd(0xe6);
export const divideVectors: Code = simd(0xe7);
export const minVectors: Code = simd(0xe8);
export const maxVectors: Code = simd(0xe9);
export const magnitudes: Code = simd(0xe0);
/** Of two vectors of eight 16-bit numbers: products of neighbours, added by pairs, in 32 bits. */
export const dotShorts: Code = simd(0xba);
export const addIntegers: Code = simd(0xae);
/** Whole numbers to floats. */
export const toFloats: Code = simd(0xfa);
/** Two vectors of 32-bit whole numbers as one of 16 bits. */
export const toShorts: Code = simd(0x85);
export const isGreater: Code = simd(0x44);
export const andVectors: Code = simd(0x4e);
export const nearest: Code = simd(0x6a);
/** Floats to whole numbers. */
export const toIntegers: Code = simd(0xf8);
/** The bits of whole numbers, 23 places up: where a float keeps its exponent. */
export const intoExponent: Code = [...constant(23), ...simd(0xab)];
export const lane = (index: number): Code => [...simd(0x1f), index];
/** Picks four lanes of two vectors, 0-3 of the first and 4-7 of the second. */
export const pickLanes = (lanes: readonly number[]): Code => [
  ...simd(0x0d),
  ...lanes.flatMap((l) => [0, 1, 2, 3].map((byte) => l * 4 + byte)),
];
export const addFloats: Code = [0x92];
export const storeFloat: Code = [0x38, ...at(0)];

/** local += other (a local, or a constant in bytes). */
export const advance = (local: number, by: Code): Code => [...get(local), ...by, ...add, ...set(local)];

/** Runs `body` while a <= b, tested before each round, with both unsigned. */
export function whileAtMost(a: Code, b: Code, body: Code): Code {
  const leave = [...b, ...a, ...lessUnsigned, ...branchIf(1)];
  return [0x02, EMPTY, 0x03, EMPTY, ...leave, ...body, 0x0c, 0, END, END];
}

/** Type bytes. */
export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

export interface FunctionCode {
  readonly name: string;
  /** Type bytes. */
  readonly parameters: readonly number[];
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  readonly body: Code;
}

const section = (id: number, items: readonly Code[]): Code => {
  const body = [...unsigned(items.length), ...items.flat()];
  return [id, ...unsigned(body.length), ...body];
};
const text = (name: string): Code => [name.length, ...Buffer.from(name, "latin1")];

/** A module of functions without results over an imported, shared memory. */
export function moduleOf(functions: readonly FunctionCode[]): Uint8Array<ArrayBuffer> {
  const memory = [...text("apm"), ...text("memory"), 0x02, 0x03, ...unsigned(0), ...unsigned(1 << 16)];
  const codes = functions.map(({ locals, body }) => {
    const code = [
      locals.length,
      ...locals.flatMap(({ count, type }) => [...unsigned(count), type]),
      ...body,
      END,
    ];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, parameters.length, ...parameters, 0]),
    ),
    ...section(2, [memory]),
    ...section(
      3,
      functions.map((_, i) => [i]),
    ),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0x00, i]),
    ),
    ...section(10, codes),
  ]);
}
