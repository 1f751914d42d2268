import { countedRanks } from "./ranks.ts";

/**
 * A statistic of pairs (x_i, y_i), prepared once and evaluated many times: pair i counts `counts[i]` times (a whole
 * number), as in a bootstrap; without counts every pair counts once. `null` where it is undefined.
 */
export type PairStatistic = (counts?: ArrayLike<number>) => number | null;

/**
 * Spearman's rank correlation with ties at the mean of their ranks: Pearson's correlation of the ranks that the pairs
 * would have if each stood in the list as often as it counts. Undefined when a side is constant.
 * @throws RangeError when the sides differ in length
 */
export function spearmanStatistic(x: ArrayLike<number>, y: ArrayLike<number>): PairStatistic {
  checkLengths(x, y);
  const ranksOfX = countedRanks(x);
  const ranksOfY = countedRanks(y);
  return (counts) => {
    const [a, b] = [ranksOfX(counts), ranksOfY(counts)];
    let n = 0;
    for (let i = 0; i < x.length; i++) n += counts?.[i] ?? 1;
    // Ranks 1..n have this mean, ties or not.
    const centre = (n + 1) / 2;
    let [aa, bb, ab] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      const count = counts?.[i] ?? 1;
      const da = (a[i] as number) - centre;
      const db = (b[i] as number) - centre;
      aa += count * da * da;
      bb += count * db * db;
      ab += count * da * db;
    }
    return aa === 0 || bb === 0 ? null : ab / Math.sqrt(aa * bb);
  };
}

/** What a disagreement of two categories weighs. */
const WEIGHTS = {
  nominal: (distance: number): number => (distance === 0 ? 0 : 1),
  linear: (distance: number): number => Math.abs(distance),
  quadratic: (distance: number): number => distance * distance,
} as const;

export type KappaWeights = keyof typeof WEIGHTS;

/**
 * Cohen's weighted kappa (Cohen, 1968, Psychological Bulletin 70): 1 - sum w O / sum w E over whole categories from
 * `low` to `high`, with O the observed shares, E those of independent raters with the same margins, and w the weight of
 * a disagreement. 1: always the same category; 0: no better than chance. Undefined when both raters use one and the same
 * category throughout.
 * @throws RangeError when the sides differ in length or a value is no whole number in range
 */
export function kappaStatistic(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  [low, high]: readonly [number, number],
  weights: KappaWeights,
): PairStatistic {
  checkLengths(x, y);
  const categories = high - low + 1;
  const indexOf = (value: number): number => {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`kappa: ${value} is no whole number from ${low} to ${high}`);
    }
    return value - low;
  };
  const cells = Uint32Array.from(x, (value, i) => indexOf(value) * categories + indexOf(y[i] as number));
  const weight = WEIGHTS[weights];
  return (counts) => {
    const observed = new Float64Array(categories * categories);
    for (let i = 0; i < cells.length; i++) observed[cells[i] as number]! += counts?.[i] ?? 1;
    const rows = new Float64Array(categories);
    const columns = new Float64Array(categories);
    let [n, disagreement, expected] = [0, 0, 0];
    for (let i = 0; i < categories; i++) {
      for (let j = 0; j < categories; j++) {
        const count = observed[i * categories + j] as number;
        rows[i]! += count;
        columns[j]! += count;
        n += count;
        disagreement += count * weight(i - j);
      }
    }
    for (let i = 0; i < categories; i++) {
      for (let j = 0; j < categories; j++)
        expected += weight(i - j) * (rows[i] as number) * (columns[j] as number);
    }
    return expected === 0 ? null : 1 - (disagreement * n) / expected;
  };
}

/** Share of pairs whose two sides are equal; undefined without any. */
export function sameStatistic(x: ArrayLike<number>, y: ArrayLike<number>): PairStatistic {
  checkLengths(x, y);
  return (counts) => {
    let [same, n] = [0, 0];
    for (let i = 0; i < x.length; i++) {
      const count = counts?.[i] ?? 1;
      n += count;
      if (x[i] === y[i]) same += count;
    }
    return n === 0 ? null : same / n;
  };
}

function checkLengths(x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length) throw new RangeError("the two sides differ in length");
}
