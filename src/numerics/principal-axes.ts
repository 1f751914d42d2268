import { EigenvalueDecomposition, Matrix, QrDecomposition } from "ml-matrix";
import { type Key, rngOf } from "../core/random.ts";
import { type Csr, multiply, transpose } from "./sparse.ts";

/** Directions in which rows differ most: columns x count, row-major, each of length 1 and at right angles to the others. */
export interface PrincipalAxes {
  readonly count: number;
  readonly axes: Float64Array;
  /** Of the centred rows along each axis, in descending order. */
  readonly singularValues: Float64Array;
}

/** Further directions that are followed and then left aside: they make the last kept ones exact enough. */
const OVERSAMPLED = 10;
const POWER_STEPS = 2;

/**
 * The first principal axes of rows that are centred within groups, by randomised subspace iteration (Halko, Martinsson &
 * Tropp, 2011, algorithms 4.4 and 5.1): sparse rows stay sparse, for centring rows within groups is centring what they are
 * multiplied into.
 * @param groups one a row, from 0; one group for all is the usual principal component analysis without scaling
 * @param count how many are wanted; fewer come where the matrix has no more
 * @param key of the random start, which decides the axes to rounding only
 */
export function principalAxes(x: Csr, groups: Uint32Array, count: number, key: Key): PrincipalAxes {
  const transposed = transpose(x);
  const width = Math.min(count + OVERSAMPLED, x.columns, x.rows);
  const rng = rngOf(key);
  let basis: Float64Array = Float64Array.from({ length: x.columns * width }, () => rng.normal());
  const ahead = new Float64Array(x.rows * width);
  const times = (): void => {
    multiply(x, basis, width, ahead);
    centreWithin(ahead, groups, width);
  };
  for (let step = 0; step <= POWER_STEPS; step++) {
    times();
    const back = new Float64Array(x.columns * width);
    multiply(transposed, ahead, width, back);
    basis = orthonormal(back, x.columns, width);
  }
  times();
  const inner = Matrix.from1DArray(width, width, productsOfColumns(ahead, width));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(inner, {
    assumeSymmetric: true,
  });
  const largest = Math.max(...realEigenvalues);
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => (realEigenvalues[b] as number) - (realEigenvalues[a] as number))
    .filter((i) => (realEigenvalues[i] as number) > 1e-12 * largest)
    .slice(0, count);
  const axes = new Float64Array(x.columns * order.length);
  for (let c = 0; c < x.columns; c++) {
    for (const [to, from] of order.entries()) {
      let sum = 0;
      for (let i = 0; i < width; i++)
        sum += (basis[c * width + i] as number) * eigenvectorMatrix.get(i, from);
      axes[c * order.length + to] = sum;
    }
  }
  return {
    count: order.length,
    axes,
    singularValues: Float64Array.from(order, (i) => Math.sqrt(realEigenvalues[i] as number)),
  };
}

/** Rows along the axes, rows x count, row-major; not centred. */
export function along({ axes, count }: PrincipalAxes, x: Csr): Float64Array {
  const out = new Float64Array(x.rows * count);
  multiply(x, axes, count, out);
  return out;
}

/** Takes the mean of its group from every row. */
export function centreWithin(values: Float64Array, groups: Uint32Array, width: number): void {
  const sizes = new Float64Array(groups.reduce((max, g) => Math.max(max, g), 0) + 1);
  const means = new Float64Array(sizes.length * width);
  groups.forEach((group, row) => {
    sizes[group]!++;
    for (let i = 0; i < width; i++) means[group * width + i]! += values[row * width + i] as number;
  });
  groups.forEach((group, row) => {
    for (let i = 0; i < width; i++) {
      values[row * width + i]! -= (means[group * width + i] as number) / (sizes[group] as number);
    }
  });
}

function orthonormal(values: Float64Array, rows: number, columns: number): Float64Array {
  const { orthogonalMatrix } = new QrDecomposition(Matrix.from1DArray(rows, columns, values));
  return Float64Array.from(orthogonalMatrix.to1DArray());
}

/** X' X of x, rows x width. */
function productsOfColumns(x: Float64Array, width: number): Float64Array {
  const products = new Float64Array(width * width);
  for (let row = 0; row < x.length; row += width) {
    for (let i = 0; i < width; i++) {
      const left = x[row + i] as number;
      for (let j = 0; j < width; j++) products[i * width + j]! += left * (x[row + j] as number);
    }
  }
  return products;
}
