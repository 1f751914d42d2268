/** A row of blocks as it stands in the file, seen in three ways. */
export interface BlockBytes {
  readonly bytes: Uint8Array;
  readonly signed: Int8Array;
  readonly halves: Float16Array;
}

/** A way in which ggml stores numbers, a block of a row at a time. */
export interface BlockFormat {
  /** Numbers a block. */
  readonly size: number;
  /** Bytes a block; even. */
  readonly bytes: number;
  /** Bits a number, scales left aside. */
  readonly bits: number;
  /** Where all numbers of a block are whole multiples of one step, -128 to 127 times: that step. */
  step?(from: BlockBytes, at: number): number;
  /** Writes the numbers of the block that begins at byte `at` to `out`, from `to` on. */
  read(from: BlockBytes, at: number, out: Float32Array, to: number): void;
}

/**
 * The formats that are read, by ggml's names: whole and half floats, the old blocks of 32 numbers, and those K-quants that
 * make up the files called Q4_K_M, Q5_K_M and Q6_K (where a row is no multiple of 256, such files have blocks of 32).
 * Layout and arithmetic are those of `dequantize_row_*` in ggml-quants.c; every product before the last rounding is exact.
 */
export const BLOCK_FORMATS: Readonly<Record<string, BlockFormat>> = {
  F32: {
    size: 1,
    bytes: 4,
    bits: 32,
    read({ bytes }, at, out, to) {
      const bits = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      out[to] = floatOf(bits);
    },
  },
  F16: {
    size: 1,
    bytes: 2,
    bits: 16,
    read({ halves }, at, out, to) {
      out[to] = halves[at >> 1]!;
    },
  },
  BF16: {
    size: 1,
    bytes: 2,
    bits: 16,
    read({ bytes }, at, out, to) {
      out[to] = floatOf((bytes[at]! << 16) | (bytes[at + 1]! << 24));
    },
  },
  Q8_0: {
    size: 32,
    bytes: 34,
    bits: 8,
    step: firstHalf,
    read({ signed, halves }, at, out, to) {
      const d = halves[at >> 1]!;
      for (let i = 0; i < 32; i++) out[to + i] = d * signed[at + 2 + i]!;
    },
  },
  Q4_0: {
    size: 32,
    bytes: 18,
    bits: 4,
    step: firstHalf,
    read({ bytes, halves }, at, out, to) {
      const d = halves[at >> 1]!;
      nibbles(bytes, at + 2, d, -8 * d, out, to);
    },
  },
  Q4_1: {
    size: 32,
    bytes: 20,
    bits: 4,
    read({ bytes, halves }, at, out, to) {
      nibbles(bytes, at + 4, halves[at >> 1]!, halves[(at >> 1) + 1]!, out, to);
    },
  },
  Q5_0: {
    size: 32,
    bytes: 22,
    bits: 5,
    step: firstHalf,
    read({ bytes, halves }, at, out, to) {
      const d = halves[at >> 1]!;
      fiveBits(bytes, at + 2, at + 6, d, -16 * d, out, to);
    },
  },
  Q5_1: {
    size: 32,
    bytes: 24,
    bits: 5,
    read({ bytes, halves }, at, out, to) {
      fiveBits(bytes, at + 4, at + 8, halves[at >> 1]!, halves[(at >> 1) + 1]!, out, to);
    },
  },
  Q4_K: {
    size: 256,
    bytes: 144,
    bits: 4,
    read(from, at, out, to) {
      eightRuns(from, at, at + 16, null, out, to);
    },
  },
  Q5_K: {
    size: 256,
    bytes: 176,
    bits: 5,
    read(from, at, out, to) {
      eightRuns(from, at, at + 48, at + 16, out, to);
    },
  },
  Q6_K: {
    size: 256,
    bytes: 210,
    bits: 6,
    read({ bytes, signed, halves }, at, out, to) {
      const d = halves[(at + 208) >> 1]!;
      for (let part = 0; part < 8; part++) {
        // Two halves of 128 numbers; in each, four runs of 32 share the bytes of `high`, two bits each.
        const [half, run] = [part >> 2, part & 3];
        const low = at + half * 64 + (run & 1) * 32;
        const lowShift = run < 2 ? 0 : 4;
        const high = at + 128 + half * 32;
        const scales = at + 192 + half * 8 + run * 2;
        for (let i = 0; i < 32; i++) {
          const q = ((bytes[low + i]! >> lowShift) & 15) | (((bytes[high + i]! >> (run * 2)) & 3) << 4);
          out[to + part * 32 + i] = d * signed[scales + (i >> 4)]! * (q - 32);
        }
      }
    },
  },
};

function firstHalf({ halves }: BlockBytes, at: number): number {
  return halves[at >> 1]!;
}

const word = new Uint32Array(1);
const asFloat = new Float32Array(word.buffer);
function floatOf(bits: number): number {
  word[0] = bits;
  return asFloat[0]!;
}

/** 32 numbers of four bits: the lower halves of sixteen bytes, then the upper ones. */
function nibbles(bytes: Uint8Array, at: number, d: number, min: number, out: Float32Array, to: number): void {
  for (let i = 0; i < 16; i++) {
    out[to + i] = d * (bytes[at + i]! & 15) + min;
    out[to + 16 + i] = d * (bytes[at + i]! >> 4) + min;
  }
}

/** The same with a fifth bit each, from four bytes at `high`. */
function fiveBits(
  bytes: Uint8Array,
  high: number,
  low: number,
  d: number,
  min: number,
  out: Float32Array,
  to: number,
): void {
  const fifth = (i: number): number => ((bytes[high + (i >> 3)]! >> (i & 7)) & 1) << 4;
  for (let i = 0; i < 16; i++) {
    out[to + i] = d * ((bytes[low + i]! & 15) | fifth(i)) + min;
    out[to + 16 + i] = d * ((bytes[low + i]! >> 4) | fifth(i + 16)) + min;
  }
}

/**
 * Eight runs of 32 numbers, each with a scale and a minimum of its own. Two runs share the bytes from `low` on, four bits
 * each; from `high` on, where there is one, 32 bytes hold a fifth bit for every run.
 */
function eightRuns(
  { bytes, halves }: BlockBytes,
  at: number,
  low: number,
  high: number | null,
  out: Float32Array,
  to: number,
): void {
  const d = halves[at >> 1]!;
  const dmin = halves[(at >> 1) + 1]!;
  for (let part = 0; part < 8; part++) {
    const { scale, min } = scaleOf(bytes, at + 4, part);
    const shift = part % 2 === 0 ? 0 : 4;
    const from = low + (part >> 1) * 32;
    for (let i = 0; i < 32; i++) {
      const fifth = high === null ? 0 : ((bytes[high + i]! >> part) & 1) << 4;
      out[to + part * 32 + i] = d * scale * (((bytes[from + i]! >> shift) & 15) | fifth) - dmin * min;
    }
  }
}

/** Scale and minimum of the `part`-th of eight runs, six bits each, packed into twelve bytes. */
function scaleOf(bytes: Uint8Array, at: number, part: number): { scale: number; min: number } {
  if (part < 4) return { scale: bytes[at + part]! & 63, min: bytes[at + part + 4]! & 63 };
  return {
    scale: (bytes[at + part + 4]! & 15) | ((bytes[at + part - 4]! >> 6) << 4),
    min: (bytes[at + part + 4]! >> 4) | ((bytes[at + part]! >> 6) << 4),
  };
}
