import { mean } from "./descriptive.ts";
import { incompleteBeta } from "./distributions.ts";
import { countedRanks } from "./ranks.ts";

/**
 * Pearson's product-moment correlation, in [-1, 1]; `null` when a side is constant or there are fewer than two
 * pairs.
 * @throws RangeError when the sides differ in length.
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  if (x.length !== y.length) throw new RangeError("pearson: the sides differ in length");
  const centreX = mean(x);
  const centreY = mean(y);
  if (centreX === null || centreY === null || isConstant(x) || isConstant(y)) return null;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] as number) - centreX;
    const dy = (y[i] as number) - centreY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/**
 * Two-sided p-value of a correlation `r` of `n` independent pairs under no association of normal variables: with
 * t = r sqrt((n - 2) / (1 - r^2)) on n - 2 degrees of freedom, p = I_{1 - r^2}((n - 2) / 2, 1/2). `null` below
 * three pairs. (For Spearman's r it is the usual approximation.)
 */
export function correlationPValue(r: number, n: number): number | null {
  return n < 3 ? null : incompleteBeta((1 - r) * (1 + r), (n - 2) / 2, 0.5);
}

/** Spearman's rank correlation: Pearson's of average ranks; `null` and errors as there. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  return pearson(countedRanks(x)(), countedRanks(y)());
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
