import {
  add,
  addIntegers,
  addVectors,
  advance,
  type Code,
  constant,
  divideVectors,
  dotShorts,
  type FunctionCode,
  fourTimes,
  get,
  I32,
  lane,
  loadBytes,
  loadSplat,
  loadVector,
  magnitudes,
  maxVectors,
  multiplyVectors,
  nearest,
  set,
  storeFloat,
  storeVector,
  subtract,
  toFloats,
  toIntegers,
  toShorts,
  V128,
  whileAtMost,
} from "../../numerics/wasm/assemble.ts";
import { acrossLanes } from "./exponential-code.ts";
import { pointers, repeat, storeSums } from "./matmul-code.ts";

/** Numbers that share a scale, in weights of 8 bits and in the rows of 16 bits that they are multiplied with. */
export const BLOCK_SIZE = 32;
/** The greatest whole number of a block of 16 bits. */
const GREATEST = 32_767;

const TILE_W = 4;
const TILE_X = 2;

/** The function `matmulBytes` (its meaning: kernel.ts). */
export function matMulBytesCode(): FunctionCode {
  return {
    name: "matmulBytes",
    parameters: new Array<number>(12).fill(I32),
    locals: [
      { count: ENDS_OF_POINTERS - ROW_X, type: I32 },
      { count: LOADED_W + 1 - SUM, type: V128 },
    ],
    body: [...rowsOfW(TILE_W), ...rowsOfW(1)],
  };
}

const [X, X_SCALES, X_STRIDE, W, W_SCALES, W_STRIDE, SCALE_STRIDE, OUT, OUT_STRIDE, M, N, BLOCKS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
] as const;
const [ROW_X, ROW_X_SCALES, ROW_OUT, I, J, P] = [12, 13, 14, 15, 16, 17] as const;
const POINTER_W = 18;
const POINTER_W_SCALES = POINTER_W + TILE_W;
const POINTER_X = POINTER_W_SCALES + TILE_W;
const POINTER_X_SCALES = POINTER_X + TILE_X;
const ENDS_OF_POINTERS = POINTER_X_SCALES + TILE_X;
const SUM = ENDS_OF_POINTERS;
const WHOLE = SUM + TILE_W * TILE_X;
const LOADED_X = WHOLE + TILE_W * TILE_X;
const LOADED_W = LOADED_X + TILE_X;

function rowsOfW(size: number): Code {
  return whileAtMost([...get(J), ...constant(size), ...add], get(N), [
    ...[...get(X), ...set(ROW_X), ...get(X_SCALES), ...set(ROW_X_SCALES)],
    ...[...get(OUT), ...set(ROW_OUT), ...constant(0), ...set(I)],
    ...rowsOfX(size, TILE_X),
    ...rowsOfX(size, 1),
    ...repeat(size, () => [...advance(W, get(W_STRIDE)), ...advance(W_SCALES, get(SCALE_STRIDE))]),
    ...advance(OUT, constant(4 * size)),
    ...advance(J, constant(size)),
  ]);
}

function rowsOfX(sizeW: number, sizeX: number): Code {
  return whileAtMost([...get(I), ...constant(sizeX), ...add], get(M), [
    ...pointers(POINTER_W, sizeW, W, W_STRIDE),
    ...pointers(POINTER_W_SCALES, sizeW, W_SCALES, SCALE_STRIDE),
    ...pointers(POINTER_X, sizeX, ROW_X, X_STRIDE),
    ...pointers(POINTER_X_SCALES, sizeX, ROW_X_SCALES, SCALE_STRIDE),
    ...repeat(sizeW * sizeX, (s) => [...fourTimes(0), ...set(SUM + s)]),
    ...[...get(BLOCKS), ...set(P)],
    ...whileAtMost(constant(1), get(P), block(sizeW, sizeX)),
    ...repeat(sizeX, (x) => [
      ...storeSums(
        Array.from({ length: sizeW }, (_, w) => SUM + w * sizeX + x),
        ROW_OUT,
        [LOADED_W, LOADED_X],
      ),
      ...advance(ROW_OUT, get(OUT_STRIDE)),
    ]),
    ...repeat(sizeX, () => [...advance(ROW_X, get(X_STRIDE)), ...advance(ROW_X_SCALES, get(SCALE_STRIDE))]),
    ...advance(I, constant(sizeX)),
  ]);
}

/** One block of every pair of rows: products in whole numbers, their sum times both scales. */
function block(sizeW: number, sizeX: number): Code {
  return [
    ...repeat(BLOCK_SIZE / 8, (chunk) => [
      ...repeat(sizeX, (x) => [...get(POINTER_X + x), ...loadVector(16 * chunk), ...set(LOADED_X + x)]),
      ...repeat(sizeW, (w) => [
        ...[...get(POINTER_W + w), ...loadBytes(8 * chunk), ...set(LOADED_W)],
        ...repeat(sizeX, (x) => {
          const product = [...get(LOADED_W), ...get(LOADED_X + x), ...dotShorts];
          const sum = WHOLE + w * sizeX + x;
          return [...(chunk === 0 ? product : [...get(sum), ...product, ...addIntegers]), ...set(sum)];
        }),
      ]),
    ]),
    ...repeat(sizeX, (x) => [...get(POINTER_X_SCALES + x), ...loadSplat(0), ...set(LOADED_X + x)]),
    ...repeat(sizeW, (w) => [
      ...[...get(POINTER_W_SCALES + w), ...loadSplat(0), ...set(LOADED_W)],
      ...repeat(sizeX, (x) => [
        ...[...get(SUM + w * sizeX + x), ...get(WHOLE + w * sizeX + x), ...toFloats],
        ...[...get(LOADED_W), ...get(LOADED_X + x), ...multiplyVectors, ...multiplyVectors],
        ...[...addVectors, ...set(SUM + w * sizeX + x)],
      ]),
    ]),
    ...repeat(sizeX, (x) => [
      ...[...advance(POINTER_X + x, constant(2 * BLOCK_SIZE)), ...advance(POINTER_X_SCALES + x, constant(4))],
    ]),
    ...repeat(sizeW, (w) => [
      ...[...advance(POINTER_W + w, constant(BLOCK_SIZE)), ...advance(POINTER_W_SCALES + w, constant(4))],
    ]),
    ...[...get(P), ...constant(1), ...subtract, ...set(P)],
  ];
}

/** The function `shorten` (its meaning: kernel.ts). */
export function shortenCode(): FunctionCode {
  const [FROM, TO, SCALES, COUNT, P, MOST, BY] = [0, 1, 2, 3, 4, 5, 6] as const;
  const vectors = BLOCK_SIZE / 4;
  const scaled = (v: number): Code => [
    ...[...get(FROM), ...loadVector(16 * v), ...get(BY), ...multiplyVectors, ...nearest, ...toIntegers],
  ];
  const body: Code = [
    ...[...fourTimes(0), ...set(MOST)],
    ...repeat(vectors, (v) => [
      ...[...get(MOST), ...get(FROM), ...loadVector(16 * v), ...magnitudes, ...maxVectors, ...set(MOST)],
    ]),
    ...acrossLanes(MOST, maxVectors),
    ...[
      ...get(SCALES),
      ...get(MOST),
      ...fourTimes(1 / GREATEST),
      ...multiplyVectors,
      ...lane(0),
      ...storeFloat,
    ],
    // A block of zeros stays one.
    ...[
      ...fourTimes(GREATEST),
      ...get(MOST),
      ...fourTimes(1e-30),
      ...maxVectors,
      ...divideVectors,
      ...set(BY),
    ],
    ...repeat(vectors / 2, (v) => [
      ...[...get(TO), ...scaled(2 * v), ...scaled(2 * v + 1), ...toShorts, ...storeVector],
      ...advance(TO, constant(16)),
    ]),
    ...advance(FROM, constant(4 * BLOCK_SIZE)),
    ...advance(SCALES, constant(4)),
    ...advance(P, constant(1)),
  ];
  return {
    name: "shorten",
    parameters: [I32, I32, I32, I32],
    locals: [
      { count: 1, type: I32 },
      { count: 2, type: V128 },
    ],
    body: whileAtMost([...get(P), ...constant(1), ...add], get(COUNT), body),
  };
}
