import {
  add,
  addVectors,
  advance,
  andVectors,
  type Code,
  constant,
  divideVectors,
  F32,
  type FunctionCode,
  fourTimes,
  get,
  I32,
  intoExponent,
  isGreater,
  loadVector,
  maxVectors,
  minVectors,
  multiplyVectors,
  nearest,
  pickLanes,
  set,
  splat,
  storeVector,
  subtractVectors,
  toIntegers,
  V128,
  whileAtMost,
} from "../../numerics/wasm/assemble.ts";

/** Powers that single precision holds as normal numbers reach a little further on both sides. */
const LIMIT = 87;
/** ln 2 in two parts, the first of few bits, so that its multiples are exact. */
const LN2 = [0.693359375, -2.1219444e-4] as const;
/** Of exp(r) = 1 + r + r^2 p(r) for |r| <= ln 2 / 2, highest power first (Cephes, S. L. Moshier, `expf`). */
const POLYNOMIAL = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
] as const;

const times = (value: number): Code => [...fourTimes(value), ...multiplyVectors];
const plus = (value: number): Code => [...fourTimes(value), ...addVectors];

/** local x = exp(x) for |x| <= LIMIT, to about one unit in the last place; `n` and `y` are scratch. */
function exponential(x: number, n: number, y: number): Code {
  const less = (part: number): Code => [
    ...[...get(x), ...get(n), ...times(part), ...subtractVectors, ...set(x)],
  ];
  return [
    ...[...get(x), ...times(Math.LOG2E), ...nearest, ...set(n)],
    ...[...less(LN2[0]), ...less(LN2[1])],
    ...fourTimes(POLYNOMIAL[0]),
    ...POLYNOMIAL.slice(1).flatMap((coefficient) => [...get(x), ...multiplyVectors, ...plus(coefficient)]),
    ...[...get(x), ...multiplyVectors, ...get(x), ...multiplyVectors, ...get(x), ...addVectors, ...plus(1)],
    ...set(y),
    // 2^n, made from its bits.
    ...[...get(n), ...plus(127), ...toIntegers, ...intoExponent],
    ...[...get(y), ...multiplyVectors, ...set(x)],
  ];
}

/** Both halves exchanged, then neighbours: every lane has the result of all four. */
export function acrossLanes(local: number, combine: Code): Code {
  return [
    [2, 3, 0, 1],
    [1, 0, 3, 2],
  ].flatMap((lanes) => [
    ...[...get(local), ...get(local), ...get(local), ...pickLanes(lanes), ...combine, ...set(local)],
  ]);
}

/** for (p = 0; p + 16 <= bytes; p += 16) */
function overVectors(p: number, bytes: number, body: Code): Code {
  const start = [...constant(0), ...set(p)];
  const loop = [...body, ...advance(p, constant(16))];
  return [...start, ...whileAtMost([...get(p), ...constant(16), ...add], get(bytes), loop)];
}

/** The function `softmax` (its meaning: kernel.ts). */
export function softmaxCode(): FunctionCode {
  const [SCORES, BYTES, SCALE, P, X, N, Y, ALL] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const place: Code = [...get(SCORES), ...get(P), ...add];
  return {
    name: "softmax",
    parameters: [I32, I32, F32],
    locals: [
      { count: 1, type: I32 },
      { count: 4, type: V128 },
    ],
    body: [
      ...[...fourTimes(Number.NEGATIVE_INFINITY), ...set(ALL)],
      ...overVectors(P, BYTES, [...get(ALL), ...place, ...loadVector(0), ...maxVectors, ...set(ALL)]),
      ...acrossLanes(ALL, maxVectors),
      // (score - max) * scale; the sum is kept where the maximum was once the first pass is over.
      ...overVectors(P, BYTES, [
        ...[...place, ...place, ...loadVector(0), ...get(ALL), ...subtractVectors],
        ...[...get(SCALE), ...splat, ...multiplyVectors, ...storeVector],
      ]),
      ...[...fourTimes(0), ...set(ALL)],
      ...overVectors(P, BYTES, [
        ...[...place, ...loadVector(0), ...fourTimes(-LIMIT), ...maxVectors, ...set(X)],
        ...exponential(X, N, Y),
        // Beyond the limit nothing is left of a weight.
        ...[
          ...place,
          ...get(X),
          ...place,
          ...loadVector(0),
          ...fourTimes(-LIMIT),
          ...isGreater,
          ...andVectors,
        ],
        ...[...set(X), ...get(X), ...storeVector, ...get(ALL), ...get(X), ...addVectors, ...set(ALL)],
      ]),
      ...acrossLanes(ALL, addVectors),
      ...[...fourTimes(1), ...get(ALL), ...divideVectors, ...set(ALL)],
      ...overVectors(P, BYTES, [
        ...[...place, ...place, ...loadVector(0), ...get(ALL), ...multiplyVectors, ...storeVector],
      ]),
    ],
  };
}

/** The function `gate` (its meaning: kernel.ts). */
export function gateCode(): FunctionCode {
  const [GATE, UP, BYTES, P, X, N, Y] = [0, 1, 2, 3, 4, 5, 6] as const;
  const at = (start: number): Code => [...get(start), ...get(P), ...add];
  const load = (start: number): Code => [...at(start), ...loadVector(0)];
  return {
    name: "gate",
    parameters: [I32, I32, I32],
    locals: [
      { count: 1, type: I32 },
      { count: 3, type: V128 },
    ],
    body: overVectors(P, BYTES, [
      ...[...load(GATE), ...times(-1), ...fourTimes(LIMIT), ...minVectors],
      ...[...fourTimes(-LIMIT), ...maxVectors, ...set(X)],
      ...exponential(X, N, Y),
      ...[...at(GATE), ...load(GATE), ...get(X), ...plus(1), ...divideVectors],
      ...[...load(UP), ...multiplyVectors, ...storeVector],
    ]),
  };
}
