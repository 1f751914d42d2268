import { UsageError } from "../core/errors.ts";

/** An array read from a `.npy` file, always in C (row-major) order; booleans are 0 and 1. */
export interface NpyArray {
  /** NumPy's own description, e.g. `<i8`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float64Array | readonly string[];
}

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

type ReadItem<T> = (view: DataView, at: number) => T;

/**
 * Reads the NumPy format, versions 1 to 3 (NumPy Enhancement Proposal 1 and `numpy.lib.format`): booleans, integers
 * up to 64 bits, floats of 16 to 64 bits, unicode and byte strings, either byte order, C and Fortran order.
 * @param where the file, for error messages
 * @throws UsageError for anything else: another format, object or structured arrays, a cut file, integers past 2^53
 */
export function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const header = readHeader(bytes, where);
  const parsed = /^([<>|=])([biufUS])(\d+)$/.exec(header.descr);
  if (!parsed) throw unsupported(header.descr, where);
  const little = parsed[1] !== ">";
  const kind = parsed[2] as string;
  const width = Number(parsed[3]);
  const itemBytes = kind === "U" ? 4 * width : width;

  const count = header.shape.reduce((product, n) => product * n, 1);
  // Texts of no length take no bytes, so the file's length says nothing about their number.
  if (!Number.isSafeInteger(count * Math.max(itemBytes, 1)) || (itemBytes === 0 && count > bytes.length)) {
    throw new UsageError(`an array of shape ${header.shape.join(" x ")} cannot be held`, {
      where,
      remedy: "copy or save the file again; its header is damaged",
    });
  }
  const needed = header.start + count * itemBytes;
  if (bytes.length < needed) {
    throw new UsageError(`the array is cut off: ${needed} bytes expected, ${bytes.length} found`, {
      where,
      remedy: "copy or save the file again",
    });
  }

  const view = new DataView(bytes.buffer, bytes.byteOffset + header.start, count * itemBytes);
  const place = header.fortran ? fortranToC(header.shape) : (i: number) => i;
  if (kind === "U" || kind === "S") {
    const read = kind === "U" ? unicodeItem(width, little) : byteStringItem(width);
    const data = new Array<string>(count);
    for (let i = 0; i < count; i++) data[place(i)] = read(view, i * itemBytes);
    return { dtype: header.descr, shape: header.shape, data };
  }
  const read = numberItem(kind + width, little, where);
  if (!read) throw unsupported(header.descr, where);
  const data = new Float64Array(count);
  for (let i = 0; i < count; i++) data[place(i)] = read(view, i * itemBytes);
  return { dtype: header.descr, shape: header.shape, data };
}

function readHeader(bytes: Uint8Array, where: string): Header {
  const isNpy = bytes.length >= 10 && String.fromCharCode(...bytes.subarray(0, 6)) === "\x93NUMPY";
  if (!isNpy) {
    throw new UsageError("this is not a NumPy array: it does not begin with NumPy's mark", {
      where,
      remedy: "save it with numpy.save or numpy.savez",
    });
  }
  const version = bytes[6] as number;
  if (version < 1 || version > 3) {
    throw new UsageError(`version ${version} of the NumPy format is not known`, {
      where,
      remedy: "save it with numpy.save, which writes version 1, 2 or 3",
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const prefix = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  const start = prefix + length;
  const encoding = version === 3 ? "utf-8" : "latin1";
  const text = new TextDecoder(encoding).decode(bytes.subarray(prefix, Math.min(start, bytes.length)));

  const descr = /'descr':\s*(?:'([^']*)'|(\[))/.exec(text);
  const fortran = /'fortran_order':\s*(True|False)/.exec(text);
  const shape = /'shape':\s*\(([\dL,\s]*)\)/.exec(text);
  if (start > bytes.length || !descr || !fortran || !shape) {
    throw new UsageError("the header of the NumPy array cannot be read", {
      where,
      remedy: "copy or save the file again",
    });
  }
  if (descr[2] !== undefined) throw unsupported("a record of several fields", where);
  const sizes = (shape[1] as string).split(",").filter((size) => size.trim() !== "");
  return {
    descr: descr[1] as string,
    fortran: fortran[1] === "True",
    shape: sizes.map((size) => Number.parseInt(size, 10)),
    start,
  };
}

function unsupported(descr: string, where: string): UsageError {
  const what = descr.endsWith("O") ? "Python objects" : `type ${JSON.stringify(descr)}`;
  return new UsageError(`NumPy arrays of ${what} cannot be read`, {
    where,
    remedy: 'save numbers as x.astype("float64") and names as numpy.array(names, dtype="U")',
  });
}

/** How one number is read, by kind and width in bytes; `undefined` for what is not supported. */
function numberItem(type: string, little: boolean, where: string): ReadItem<number> | undefined {
  const readers: Record<string, ReadItem<number>> = {
    b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
    i1: (view, at) => view.getInt8(at),
    i2: (view, at) => view.getInt16(at, little),
    i4: (view, at) => view.getInt32(at, little),
    i8: (view, at) => wide(view.getInt32(little ? at + 4 : at, little), view, at),
    u1: (view, at) => view.getUint8(at),
    u2: (view, at) => view.getUint16(at, little),
    u4: (view, at) => view.getUint32(at, little),
    u8: (view, at) => wide(view.getUint32(little ? at + 4 : at, little), view, at),
    f2: (view, at) => view.getFloat16(at, little),
    f4: (view, at) => view.getFloat32(at, little),
    f8: (view, at) => view.getFloat64(at, little),
  };
  /** 64 bits from two halves: several times faster than a BigInt for each element. */
  const wide = (high: number, view: DataView, at: number): number => {
    const value = high * 0x1_0000_0000 + view.getUint32(little ? at : at + 4, little);
    if (Number.isSafeInteger(value)) return value;
    throw new UsageError("an integer is past 2^53 and cannot be held exactly", {
      where,
      remedy: 'save the array as x.astype("float64")',
    });
  };
  return readers[type];
}

/** UTF-32, padded with zeros. */
function unicodeItem(width: number, little: boolean): ReadItem<string> {
  return (view, at) => {
    let text = "";
    for (let i = 0; i < width; i++) {
      const point = view.getUint32(at + 4 * i, little);
      text += point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point);
    }
    return text.replace(/\0+$/, "");
  };
}

function byteStringItem(width: number): ReadItem<string> {
  return (view, at) => {
    let text = "";
    for (let i = 0; i < width; i++) text += String.fromCharCode(view.getUint8(at + i));
    return text.replace(/\0+$/, "");
  };
}

/** Where the i-th element of a Fortran-ordered array (first index fastest) stands in C order (last index fastest). */
function fortranToC(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  return (i) => {
    let rest = i;
    let at = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      const size = shape[axis] as number;
      at += (rest % size) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    return at;
  };
}
