import type { CrossedCells, Linearised } from "./crossed.ts";
import { TIE_TOLERANCE } from "./differences.ts";

/**
 * The mean over worlds of the worlds' means, so that every world weighs the same: Δ, when the cells are paired
 * differences. A cell adds (value - mean) / (n_w W), with n_w the cells of its world and W the worlds that have any.
 * @returns `null` without any cell
 */
export function meanOverWorlds(cells: CrossedCells): Linearised | null {
  const { worlds, values } = cells;
  const sums = new Float64Array(worlds);
  const counts = new Float64Array(worlds);
  for (let i = 0, w = 0; i < values.length; i++, w = w + 1 === worlds ? 0 : w + 1) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    sums[w]! += value;
    counts[w]!++;
  }
  const usable = counts.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  if (usable === 0) return null;
  const estimate =
    sums.reduce((sum, s, w) => sum + (counts[w] === 0 ? 0 : s / (counts[w] as number)), 0) / usable;
  const psi = new Float64Array(values.length);
  for (let i = 0, w = 0; i < values.length; i++, w = w + 1 === worlds ? 0 : w + 1) {
    psi[i] = ((values[i] as number) - estimate) / ((counts[w] as number) * usable);
  }
  return { estimate, cells: { ...cells, values: psi } };
}

/**
 * The mean of all cells alike, whatever their world: (value - mean) / n.
 * @returns `null` without any cell
 */
export function meanOfCells(cells: CrossedCells): Linearised | null {
  let [sum, n] = [0, 0];
  for (const value of cells.values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  if (n === 0) return null;
  const estimate = sum / n;
  return { estimate, cells: { ...cells, values: cells.values.map((value) => (value - estimate) / n) } };
}

/**
 * log(wins / losses) of all cells: a win adds 1 / wins, a loss -1 / losses, a tie nothing.
 * @param differences the method's gains; `TIE_TOLERANCE` says what ties
 * @returns `null` without a win or without a loss, where the logarithm is infinite and nothing is linear
 */
export function logWinLossRatio(differences: CrossedCells): Linearised | null {
  let [wins, losses] = [0, 0];
  for (const d of differences.values) {
    if (d > TIE_TOLERANCE) wins++;
    else if (d < -TIE_TOLERANCE) losses++;
  }
  if (wins === 0 || losses === 0) return null;
  const psi = differences.values.map((d) => {
    if (Number.isNaN(d)) return d;
    return d > TIE_TOLERANCE ? 1 / wins : d < -TIE_TOLERANCE ? -1 / losses : 0;
  });
  return { estimate: Math.log(wins / losses), cells: { ...differences, values: psi } };
}

/**
 * a - b, for statistics of the same users and worlds: what a cell adds is the difference of what it adds to both. A cell
 * that only one side has adds to that side alone.
 * @throws RangeError when the tables differ in shape
 */
export function differenceOf(a: Linearised, b: Linearised): Linearised {
  return { estimate: a.estimate - b.estimate, cells: combine(a, b, 1, -1) };
}

/**
 * a / b, for statistics of the same users and worlds: a cell adds (a's share - ratio x b's share) / b (the delta method;
 * Cochran, 1977, "Sampling Techniques", section 6.4). Its error is that of a ratio whose denominator is well away from 0.
 * @throws RangeError when the tables differ in shape
 * @returns `null` for a denominator of 0
 */
export function ratioOf(a: Linearised, b: Linearised): Linearised | null {
  if (b.estimate === 0) return null;
  const estimate = a.estimate / b.estimate;
  return { estimate, cells: combine(a, b, 1 / b.estimate, -estimate / b.estimate) };
}

/**
 * The sum of one quantity over the sum of another: a mean over observations of which users have different numbers, or a
 * share. A cell adds (numerator - ratio x denominator) / the sum of denominators (Cochran, 1977, section 6.4).
 * @throws RangeError when the tables differ in shape
 * @returns `null` when the denominators sum to 0
 */
export function ratioOfSums(numerators: CrossedCells, denominators: CrossedCells): Linearised | null {
  const total = ({ values }: CrossedCells): number => values.reduce((sum, x) => sum + x, 0);
  const whole = total(denominators);
  if (whole === 0) return null;
  const asSum = (cells: CrossedCells): Linearised => ({ estimate: total(cells), cells });
  return ratioOf(asSum(numerators), asSum(denominators));
}

function combine(a: Linearised, b: Linearised, forA: number, forB: number): CrossedCells {
  if (a.cells.users !== b.cells.users || a.cells.worlds !== b.cells.worlds) {
    throw new RangeError("statistics of tables of different shape cannot be combined");
  }
  const values = a.cells.values.map((x, i) => {
    const y = b.cells.values[i] as number;
    if (Number.isNaN(x)) return forB * y;
    return Number.isNaN(y) ? forA * x : forA * x + forB * y;
  });
  return { ...a.cells, values };
}
