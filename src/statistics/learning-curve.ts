/** A curve of diminishing returns: gain = a - b n^(-c), with b >= 0 and c within `EXPONENTS`. */
export interface LearningCurve {
  /** What it comes to with endless n. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Below, the curve could not be told from one without end; above, from one that has reached it. */
export const EXPONENTS = [0.1, 2] as const;

const GRID = 39;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const ROUNDS = 60;

/**
 * Least squares of gain = a - b n^(-c), the inverse power law of learning curves (Hestness et al., 2017, arXiv 1712.00409;
 * Viering and Loog, 2023, IEEE TPAMI 45), with 0 <= b, c within `EXPONENTS` and a <= `ceiling`. For each c the other two
 * are a line's; c is the best of a grid, refined by golden section.
 * @param sizes larger than 0, three different ones at least
 * @param ceiling what no gain can exceed
 * @throws RangeError with fewer sizes, or lists that differ in length
 */
export function fitLearningCurve(
  sizes: readonly number[],
  gains: readonly number[],
  ceiling = Number.POSITIVE_INFINITY,
): LearningCurve {
  if (sizes.length !== gains.length || new Set(sizes).size < 3) {
    throw new RangeError("fitLearningCurve: three different sizes at least, with a gain each");
  }
  const at = (c: number) => lineAt(sizes, gains, c, ceiling);
  const [low, high] = EXPONENTS.map(Math.log) as [number, number];
  const step = (high - low) / (GRID - 1);
  const grid = Array.from({ length: GRID }, (_, i) => at(Math.exp(low + i * step)));
  const best = grid.reduce((least, fit, i) => (fit.error < (grid[least]?.error as number) ? i : least), 0);
  let from = low + Math.max(0, best - 1) * step;
  let to = low + Math.min(GRID - 1, best + 1) * step;
  for (let round = 0; round < ROUNDS; round++) {
    const [left, right] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)];
    if (at(Math.exp(left)).error <= at(Math.exp(right)).error) to = right;
    else from = left;
  }
  // The ends of the range themselves are not inside of any bracket.
  const candidates = [
    at(Math.exp((from + to) / 2)),
    grid[best] as Fit,
    grid[0] as Fit,
    grid[GRID - 1] as Fit,
  ];
  const { a, b, c } = candidates.reduce((least, fit) => (fit.error < least.error ? fit : least));
  return { a, b, c };
}

/** The gain that a curve gives. */
export const gainAt = ({ a, b, c }: LearningCurve, n: number): number => a - b * n ** -c;

/** The n at which a curve comes to a gain: 0 where it has it from the start, infinite where it never does. */
export function sizeFor({ a, b, c }: LearningCurve, gain: number): number {
  if (a <= gain) return b === 0 && a === gain ? 0 : Number.POSITIVE_INFINITY;
  return (b / (a - gain)) ** (1 / c);
}

interface Fit extends LearningCurve {
  readonly error: number;
}

/** a and b by least squares for one c, each kept within its bounds. */
function lineAt(sizes: readonly number[], gains: readonly number[], c: number, ceiling: number): Fit {
  const n = sizes.length;
  const xs = sizes.map((size) => size ** -c);
  const [meanX, meanY] = [xs, gains].map((list) => list.reduce((sum, v) => sum + v, 0) / n) as [
    number,
    number,
  ];
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    const dx = (xs[i] as number) - meanX;
    xx += dx * dx;
    xy += dx * ((gains[i] as number) - meanY);
  }
  let b = Math.max(0, -xy / xx);
  let a = meanY + b * meanX;
  if (a > ceiling) {
    a = ceiling;
    const [below, square] = xs.reduce(
      ([sum, squares], x, i) => [sum + x * (ceiling - (gains[i] as number)), squares + x * x],
      [0, 0],
    );
    b = Math.max(0, below / square);
  }
  const error = gains.reduce((sum, gain, i) => sum + (gain - a + b * (xs[i] as number)) ** 2, 0);
  return { a, b, c, error };
}
