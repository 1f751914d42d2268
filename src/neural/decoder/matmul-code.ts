import {
  add,
  addFloats,
  addVectors,
  advance,
  type Code,
  constant,
  type FunctionCode,
  fourTimes,
  get,
  I32,
  lane,
  loadVector,
  multiplyVectors,
  pickLanes,
  set,
  storeFloat,
  storeVector,
  subtract,
  V128,
  whileAtMost,
} from "../../numerics/wasm/assemble.ts";

/** Rows of w and of x that are multiplied together: eight sums and their operands fit the sixteen vector registers. */
const TILE_W = 4;
const TILE_X = 2;

/** Parameters, in order; then pointers and counters; then vectors. */
const [X, X_STRIDE, W, W_STRIDE, OUT, OUT_STRIDE, M, N, K] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const [ROW_X, ROW_OUT, I, J, P] = [9, 10, 11, 12, 13] as const;
const POINTER_W = 14;
const POINTER_X = POINTER_W + TILE_W;
const SUM = POINTER_X + TILE_X;
const LOADED_X = SUM + TILE_W * TILE_X;
const LOADED_W = LOADED_X + TILE_X;

/** The function `matmul` (its meaning: kernel.ts). */
export function matMulCode(): FunctionCode {
  return {
    name: "matmul",
    parameters: new Array<number>(9).fill(I32),
    locals: [
      { count: POINTER_X + TILE_X - ROW_X, type: I32 },
      { count: LOADED_W + 1 - SUM, type: V128 },
    ],
    body: [...rowsOfW(TILE_W), ...rowsOfW(1)],
  };
}

/** for (; j + size <= n; j += size): all rows of x against `size` rows of w. Rows that are left go on from j. */
function rowsOfW(size: number): Code {
  return whileAtMost([...get(J), ...constant(size), ...add], get(N), [
    ...[...get(X), ...set(ROW_X), ...get(OUT), ...set(ROW_OUT), ...constant(0), ...set(I)],
    ...rowsOfX(size, TILE_X),
    ...rowsOfX(size, 1),
    ...repeat(size, () => advance(W, get(W_STRIDE))),
    ...advance(OUT, constant(4 * size)),
    ...advance(J, constant(size)),
  ]);
}

function rowsOfX(sizeW: number, sizeX: number): Code {
  return whileAtMost([...get(I), ...constant(sizeX), ...add], get(M), [
    ...pointers(POINTER_W, sizeW, W, W_STRIDE),
    ...pointers(POINTER_X, sizeX, ROW_X, X_STRIDE),
    ...repeat(sizeW * sizeX, (s) => [...fourTimes(0), ...set(SUM + s)]),
    ...[...get(K), ...set(P)],
    ...steps(sizeW, sizeX, 2),
    ...steps(sizeW, sizeX, 1),
    ...repeat(sizeX, (x) => [
      ...storeSums(
        Array.from({ length: sizeW }, (_, w) => SUM + w * sizeX + x),
        ROW_OUT,
        [LOADED_W, LOADED_X],
      ),
      ...advance(ROW_OUT, get(OUT_STRIDE)),
    ]),
    ...repeat(sizeX, () => advance(ROW_X, get(X_STRIDE))),
    ...advance(I, constant(sizeX)),
  ]);
}

/** pointer r = start + r * stride */
export function pointers(first: number, count: number, start: number, stride: number): Code {
  return repeat(count, (r) =>
    r === 0
      ? [...get(start), ...set(first)]
      : [...get(first + r - 1), ...get(stride), ...add, ...set(first + r)],
  );
}

/** `unroll` times four products of every pair of rows, as long as that many are left. */
function steps(sizeW: number, sizeX: number, unroll: number): Code {
  return whileAtMost(constant(4 * unroll), get(P), [
    ...repeat(unroll, (u) => [
      ...repeat(sizeX, (x) => [...get(POINTER_X + x), ...loadVector(16 * u), ...set(LOADED_X + x)]),
      ...repeat(sizeW, (w) => [
        ...[...get(POINTER_W + w), ...loadVector(16 * u), ...set(LOADED_W)],
        ...repeat(sizeX, (x) => [
          ...get(SUM + w * sizeX + x),
          ...[...get(LOADED_W), ...get(LOADED_X + x), ...multiplyVectors],
          ...[...addVectors, ...set(SUM + w * sizeX + x)],
        ]),
      ]),
    ]),
    ...repeat(sizeX, (x) => advance(POINTER_X + x, constant(16 * unroll))),
    ...repeat(sizeW, (w) => advance(POINTER_W + w, constant(16 * unroll))),
    ...[...get(P), ...constant(4 * unroll), ...subtract, ...set(P)],
  ]);
}

/**
 * Adds the lanes of the sums of one row of x and stores them side by side at the address in `out`.
 * @param sums locals, one or `TILE_W`
 * @param scratch two more
 */
export function storeSums(sums: readonly number[], out: number, scratch: readonly [number, number]): Code {
  const [first, second, third, fourth] = sums.map(get) as [Code, Code, Code, Code];
  if (sums.length === 1) {
    const pair = (a: number, b: number): Code => [...first, ...lane(a), ...first, ...lane(b), ...addFloats];
    return [...get(out), ...pair(0, 2), ...pair(1, 3), ...addFloats, ...storeFloat];
  }
  /** Of two vectors: the picked lanes of both, added. */
  const fold = (a: Code, b: Code, low: readonly number[], high: readonly number[]): Code => [
    ...[...a, ...b, ...pickLanes(low)],
    ...[...a, ...b, ...pickLanes(high)],
    ...addVectors,
  ];
  const [left, right] = scratch;
  return [
    ...[...fold(first, second, [0, 4, 1, 5], [2, 6, 3, 7]), ...set(left)],
    ...[...fold(third, fourth, [0, 4, 1, 5], [2, 6, 3, 7]), ...set(right)],
    ...[...get(out), ...fold(get(left), get(right), [0, 1, 4, 5], [2, 3, 6, 7]), ...storeVector],
  ];
}

export function repeat(count: number, code: (index: number) => Code): Code {
  return Array.from({ length: count }, (_, i) => code(i)).flat();
}
