import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { UsageError } from "../../core/errors.ts";

/** A tensor in memory: row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Where a tensor stands in its file. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly begin: number;
  readonly elements: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPE_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };
/** The format's own limit of a header (100 MB). */
const LONGEST_HEADER = 100_000_000;
/** Halves are widened through a buffer of this many bytes, so that a file is never held twice. */
const CHUNK_BYTES = 1 << 20;

/**
 * Reads and checks the header of a safetensors file (https://huggingface.co/docs/safetensors): an 8-byte length, a JSON
 * object of {name: {dtype, shape, data_offsets}}, then the bytes.
 * @throws UsageError for a file that is missing, cut short, or not of the format
 */
export function readSafetensorsHeader(path: string): SafetensorsHeader {
  const fd = openFile(path);
  try {
    return parseHeader(fd, path);
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads tensors as 32-bit floats, straight into their place.
 * @param wanted names and where each goes: exactly as many floats as the tensor has
 * @throws UsageError for a name that the file does not have, a dtype other than F32, F16 and BF16, or a wrong size
 */
export function readTensors(path: string, wanted: ReadonlyMap<string, Float32Array>): void {
  const fd = openFile(path);
  try {
    const { tensors } = parseHeader(fd, path);
    for (const [name, target] of wanted) {
      const entry = tensors.get(name);
      if (entry === undefined) throw new UsageError(`there is no tensor "${name}"`, { where: path });
      if (entry.elements !== target.length) {
        throw new UsageError(`"${name}" has ${entry.elements} numbers instead of ${target.length}`, {
          where: path,
        });
      }
      readInto(fd, entry, name, target, path);
    }
  } finally {
    closeSync(fd);
  }
}

/** Single rows of a matrix, one behind the other: of a file of any size. @throws UsageError as `readTensors` */
export function readTensorRows(
  path: string,
  name: string,
  { shape, begin, dtype }: TensorEntry,
  rows: readonly number[],
): Float32Array<ArrayBuffer> {
  const width = shape[1] as number;
  const read = new Float32Array(rows.length * width);
  const fd = openFile(path);
  try {
    for (const [i, row] of rows.entries()) {
      const at = begin + row * width * (DTYPE_BYTES[dtype] ?? 0);
      const entry = { dtype, shape: [width], begin: at, elements: width };
      readInto(fd, entry, name, read.subarray(i * width, (i + 1) * width), path);
    }
  } finally {
    closeSync(fd);
  }
  return read;
}

/** All tensors of a file, as 32-bit floats. @throws UsageError as `readTensors` */
export function readSafetensors(path: string): Map<string, Tensor> {
  const { tensors } = readSafetensorsHeader(path);
  const read = new Map<string, Tensor>();
  for (const [name, { shape, elements }] of tensors) {
    read.set(name, { shape, data: new Float32Array(elements) });
  }
  readTensors(path, new Map([...read].map(([name, { data }]) => [name, data])));
  return read;
}

/**
 * Writes a safetensors file, complete or not at all (a temporary file is renamed).
 * @param dtype F16 rounds to nearest; numbers beyond its range (65,504) become infinite
 * @param metadata texts for the header; `format: "pt"` is what other tools expect to find
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  options: WriteOptions = {},
): void {
  const partial = `${path}.part`;
  const fd = openSync(partial, "w");
  try {
    for (const part of safetensorsParts(tensors, options)) writeAll(fd, part);
  } finally {
    closeSync(fd);
  }
  renameSync(partial, path);
}

/** What `writeSafetensors` writes, in pieces. */
export function* safetensorsParts(
  tensors: ReadonlyMap<string, Tensor>,
  { dtype = "F32", metadata = { format: "pt" } }: WriteOptions = {},
): Generator<Uint8Array> {
  const size = DTYPE_BYTES[dtype] as number;
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const begin = end;
    end += data.length * size;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const json = JSON.stringify(header);
  // Padded with spaces so that the tensors begin at a multiple of 8, as the format's own writer does.
  const text = Buffer.from(json + " ".repeat(-Buffer.byteLength(json) & 7));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  yield length;
  yield text;
  for (const { data } of tensors.values()) {
    const numbers = dtype === "F16" ? Float16Array.from(data) : data;
    yield new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  }
}

export interface WriteOptions {
  readonly dtype?: "F32" | "F16";
  readonly metadata?: Readonly<Record<string, string>>;
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    throw new UsageError("the weights cannot be read", {
      where: path,
      remedy: "a checkpoint folder holds model.safetensors, or its shards and model.safetensors.index.json",
      cause,
    });
  }
}

function parseHeader(fd: number, path: string): SafetensorsHeader {
  const fail = (message: string): never => {
    throw new UsageError(`not a complete safetensors file: ${message}`, {
      where: path,
      remedy: "fetch the file again (a Git LFS pointer instead of the weights looks like this, too)",
    });
  };
  const fileBytes = fstatSync(fd).size;
  if (fileBytes < 8) fail(`it has ${fileBytes} bytes`);
  const headerBytes = Number(readBytes(fd, 0, 8).readBigUInt64LE());
  if (headerBytes > LONGEST_HEADER || 8 + headerBytes > fileBytes) {
    fail(`a header of ${headerBytes} bytes in a file of ${fileBytes}`);
  }
  let json: Record<string, { dtype?: unknown; shape?: unknown; data_offsets?: unknown }> = {};
  try {
    json = JSON.parse(readBytes(fd, 8, headerBytes).toString("utf8"));
  } catch {
    fail("its header is not JSON");
  }
  const { __metadata__: metadata = {}, ...entries } = json;
  const start = 8 + headerBytes;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(entries)) {
    const shape = wholeNumbers(entry?.shape);
    const [begin, end] = wholeNumbers(entry?.data_offsets) ?? [];
    if (shape === null || begin === undefined || end === undefined || typeof entry.dtype !== "string") {
      return fail(`the entry of "${name}" is incomplete`);
    }
    const elements = shape.reduce((product, n) => product * n, 1);
    const size = DTYPE_BYTES[entry.dtype];
    if (end < begin || (size !== undefined && end - begin !== elements * size)) {
      fail(`"${name}" of shape ${shape} (${entry.dtype}) takes ${end - begin} bytes`);
    }
    if (start + end > fileBytes) fail(`"${name}" ends beyond the file, which was cut short`);
    tensors.set(name, { dtype: entry.dtype, shape, begin: start + begin, elements });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function wholeNumbers(value: unknown): number[] | null {
  return Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= 0) ? value : null;
}

function readInto(fd: number, entry: TensorEntry, name: string, target: Float32Array, path: string): void {
  const { dtype, begin } = entry;
  if (dtype === "F32") {
    fill(fd, begin, new Uint8Array(target.buffer, target.byteOffset, target.byteLength));
    return;
  }
  if (dtype !== "F16" && dtype !== "BF16") {
    throw new UsageError(`"${name}" is stored as ${dtype}; F32, F16 and BF16 can be read`, {
      where: path,
      remedy: "use a checkpoint that is not quantised, or serve this one with vLLM (docs/local-models.md)",
    });
  }
  const bits = new Uint16Array(Math.min(CHUNK_BYTES / 2, target.length));
  const halves = new Float16Array(bits.buffer);
  const wide = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let at = 0; at < target.length; at += bits.length) {
    const count = Math.min(bits.length, target.length - at);
    fill(fd, begin + at * 2, new Uint8Array(bits.buffer, 0, count * 2));
    if (dtype === "F16") target.set(halves.subarray(0, count), at);
    // A bfloat16 is the upper half of a 32-bit float.
    else for (let i = 0; i < count; i++) wide[at + i] = (bits[i] as number) << 16;
  }
}

function readBytes(fd: number, begin: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  fill(fd, begin, bytes);
  return bytes;
}

function fill(fd: number, begin: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    // One read takes at most 2 GiB on Linux.
    const count = readSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 30), begin + done);
    if (count === 0) throw new UsageError("the file ended while it was read");
    done += count;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 30));
  }
}
