import { type Cholesky, cholesky, type PackedTriangle, solveCholesky } from "./cholesky.ts";
import { type Csr, multiply, transpose } from "./sparse.ts";

/** Several linear functions of the same features. */
export interface LinearModel {
  /** features x outputs, row-major. */
  readonly weights: Float64Array;
  /** One an output; NaN for one of which nothing is known. */
  readonly bias: Float64Array;
}

/** Features made ready for ridge regressions of any targets: what depends on no target is computed once. */
export interface RidgeDesign {
  readonly x: Csr;
  readonly transposed: Csr;
  /** Products of rows, X X'. */
  readonly gram: PackedTriangle;
  /** The factor of X X' + penalty I, kept once it is made: one of n rows takes 4 n^2 bytes. */
  factorOf(penalty: number): Cholesky;
}

/** A fit in its dual form: a new row's prediction is the sum over train rows of (product of the two rows) * dual, plus bias. */
export interface RidgeFit {
  readonly outputs: number;
  /** rows x outputs, row-major; 0 where the target is missing. */
  readonly dual: Float64Array;
  readonly bias: Float64Array;
}

export function ridgeDesign(x: Csr): RidgeDesign {
  const gram = gramOf(x);
  const factors = new Map<number, Cholesky>();
  return {
    x,
    transposed: transpose(x),
    gram,
    factorOf(penalty) {
      const factor = factors.get(penalty) ?? cholesky(gram, x.rows, penalty);
      factors.set(penalty, factor);
      return factor;
    },
  };
}

/** Squared residuals of the missing targets' equations, as a share of the targets' squares, at which they count as solved. */
const SOLVED = 1e-24;

/**
 * Ridge regression with several outputs and gaps: for each output minimises, over the rows whose target is there,
 * sum_i (y_i - x_i . w - b)^2 + penalty |w|^2, the intercept b unpenalised (Hoerl & Kennard, 1970; scikit-learn's
 * `Ridge` with alpha = penalty). All outputs share one factor of X X' + penalty I (the dual form: Saunders, Gammerman &
 * Vovk, 1998), gaps or not: a missing target is replaced by the value that the fit itself gives there, so that its row
 * pulls nowhere. Those values solve (I - H) y = 0 on the gaps, H the fit's hat matrix, by conjugate gradients, each step
 * one pass over the factor.
 * @param targets rows x outputs, row-major; NaN where missing
 * @param penalty larger than 0
 * @throws RangeError when the targets do not fit the rows
 */
export function fitRidge(design: RidgeDesign, targets: Float64Array, penalty: number): RidgeFit {
  const { rows } = design.x;
  const outputs = targets.length / rows;
  if (!Number.isInteger(outputs) || outputs < 1) {
    throw new RangeError("fitRidge: the targets do not fit the rows");
  }
  const smooth = smootherOf(design.factorOf(penalty), outputs);
  const { filled, gaps, known } = withoutGaps(targets, outputs);
  const { dual, bias } = smooth(filled);
  if (gaps.length > 0) closeGaps({ dual, bias, gaps, outputs, penalty, smooth, filled });
  for (let o = 0; o < outputs; o++) if (known[o] === 0) bias[o] = Number.NaN;
  return { outputs, dual, bias };
}

/** The same fit as weights of features. */
export function linearModel({ transposed }: RidgeDesign, { outputs, dual, bias }: RidgeFit): LinearModel {
  const weights = new Float64Array(transposed.rows * outputs);
  multiply(transposed, dual, outputs, weights);
  return { weights, bias };
}

/** Predictions, rows x outputs, row-major; NaN for an output of which nothing is known. */
export function predictLinear({ weights, bias }: LinearModel, x: Csr): Float64Array {
  const outputs = bias.length;
  const out = new Float64Array(x.rows * outputs);
  multiply(x, weights, outputs, out);
  for (let i = 0; i < out.length; i++) out[i]! += bias[i % outputs] as number;
  return out;
}

/**
 * Predictions for further rows, rows x outputs, from their products with the train rows: no weights need be made.
 * @param products further rows x train rows, row-major (`rowProducts`)
 */
export function predictDual({ outputs, dual, bias }: RidgeFit, products: Float64Array): Float64Array {
  const train = dual.length / outputs;
  const out = new Float64Array((products.length / train) * outputs);
  for (let i = 0; i < products.length; i++) {
    const [row, product] = [Math.floor(i / train) * outputs, products[i] as number];
    const from = (i % train) * outputs;
    for (let o = 0; o < outputs; o++) out[row + o]! += product * (dual[from + o] as number);
  }
  for (let i = 0; i < out.length; i++) out[i]! += bias[i % outputs] as number;
  return out;
}

/** Products of the rows of two matrices with the same columns: a.rows x b.rows, row-major. */
export function rowProducts(a: Csr, b: Csr): Float64Array {
  const out = new Float64Array(a.rows * b.rows);
  const spread = new Float64Array(a.columns);
  for (let i = 0; i < a.rows; i++) {
    scatter(a, i, spread, 1);
    for (let j = 0; j < b.rows; j++) out[i * b.rows + j] = dotOfRow(b, j, spread);
    scatter(a, i, spread, 0);
  }
  return out;
}

function gramOf(x: Csr): PackedTriangle {
  const gram = new Float64Array((x.rows * (x.rows + 1)) / 2);
  const spread = new Float64Array(x.columns);
  for (let i = 0, at = 0; i < x.rows; i++) {
    scatter(x, i, spread, 1);
    for (let j = 0; j <= i; j++) gram[at++] = dotOfRow(x, j, spread);
    scatter(x, i, spread, 0);
  }
  return gram;
}

/** Writes a row times `factor` into `into`: 1 sets it, 0 clears it. */
function scatter({ offsets, indices, values }: Csr, row: number, into: Float64Array, factor: 0 | 1): void {
  for (let p = offsets[row] as number; p < (offsets[row + 1] as number); p++) {
    into[indices[p] as number] = factor * (values[p] as number);
  }
}

function dotOfRow({ offsets, indices, values }: Csr, row: number, dense: Float64Array): number {
  let sum = 0;
  for (let p = offsets[row] as number; p < (offsets[row + 1] as number); p++) {
    sum += (values[p] as number) * (dense[indices[p] as number] as number);
  }
  return sum;
}

type Smoother = (targets: Float64Array) => { dual: Float64Array; bias: Float64Array };

/** The fit of targets without gaps: dual = A (y - bias), A the inverse of X X' + penalty I, and sum(dual) = 0. */
function smootherOf(factor: Cholesky, outputs: number): Smoother {
  const ones = solveCholesky(factor, new Float64Array(factor.size).fill(1), 1);
  const total = ones.reduce((sum, v) => sum + v, 0);
  return (targets) => {
    const dual = solveCholesky(factor, targets, outputs);
    const bias = new Float64Array(outputs);
    for (let i = 0; i < dual.length; i++) bias[i % outputs]! += (dual[i] as number) / total;
    for (let i = 0; i < dual.length; i++) {
      dual[i]! -= (bias[i % outputs] as number) * (ones[Math.floor(i / outputs)] as number);
    }
    return { dual, bias };
  };
}

/** Targets with the mean of what is there in each gap, the gaps' places, and how many targets an output has. */
function withoutGaps(targets: Float64Array, outputs: number) {
  const [known, sums] = [new Uint32Array(outputs), new Float64Array(outputs)];
  const gaps: number[] = [];
  targets.forEach((value, i) => {
    if (Number.isNaN(value)) gaps.push(i);
    else {
      known[i % outputs]!++;
      sums[i % outputs]! += value;
    }
  });
  const filled = targets.slice();
  for (const i of gaps) filled[i] = (sums[i % outputs] as number) / Math.max(1, known[i % outputs] as number);
  return { filled, gaps, known };
}

interface Gapped {
  /** Of the targets with their gaps filled in some way; changed into those of the fit on what is there. */
  readonly dual: Float64Array;
  readonly bias: Float64Array;
  readonly filled: Float64Array;
  readonly gaps: readonly number[];
  readonly outputs: number;
  readonly penalty: number;
  readonly smooth: Smoother;
}

/**
 * Conjugate gradients on the gaps, every output with steps of its own. What is left of an equation is the filled value
 * less the fit there, which is penalty * dual.
 */
function closeGaps({ dual, bias, filled, gaps, outputs, penalty, smooth }: Gapped): void {
  const residual = new Float64Array(dual.length);
  for (const i of gaps) residual[i] = -penalty * (dual[i] as number);
  const scale = squares(filled, outputs);
  const direction = residual.slice();
  let left = squares(residual, outputs);
  const isOpen = (value: number, o: number): boolean => value > SOLVED * (scale[o] as number);
  for (let step = 0; step < gaps.length + outputs && left.some(isOpen); step++) {
    const moved = smooth(direction);
    const curvature = new Float64Array(outputs);
    for (const i of gaps) {
      curvature[i % outputs]! += penalty * (direction[i] as number) * (moved.dual[i] as number);
    }
    const length = left.map((value, o) => (isOpen(value, o) ? value / (curvature[o] as number) : 0));
    for (let i = 0; i < dual.length; i++)
      dual[i]! += (length[i % outputs] as number) * (moved.dual[i] as number);
    for (let o = 0; o < outputs; o++) bias[o]! += (length[o] as number) * (moved.bias[o] as number);
    for (const i of gaps) residual[i] = -penalty * (dual[i] as number);
    const next = squares(residual, outputs);
    for (const i of gaps) {
      const o = i % outputs;
      const kept = (left[o] as number) > 0 ? (next[o] as number) / (left[o] as number) : 0;
      direction[i] = (residual[i] as number) + kept * (direction[i] as number);
    }
    left = next;
  }
  for (const i of gaps) dual[i] = 0;
}

/** The sum of squares of each output. */
function squares(values: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  for (let i = 0; i < values.length; i++) sums[i % outputs]! += (values[i] as number) ** 2;
  return sums;
}
