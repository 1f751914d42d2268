/**
 * The lower triangle of a symmetric matrix, row by row: entry (i, j), j <= i, is at i (i + 1) / 2 + j. So a row's entries
 * lie side by side, and half of the memory suffices.
 */
export type PackedTriangle = Float64Array;

/** The Cholesky factor L of a positive definite matrix, A = L L'. */
export interface Cholesky {
  readonly size: number;
  readonly factor: PackedTriangle;
}

/**
 * Factors `matrix` + `ridge` on its diagonal (row-oriented Cholesky; Golub & Van Loan, 2013, section 4.2).
 * @param matrix left as it is
 * @throws RangeError when the sum is not positive definite
 */
export function cholesky(matrix: PackedTriangle, size: number, ridge = 0): Cholesky {
  const factor = matrix.slice();
  for (let i = 0, row = 0; i < size; row += ++i) {
    for (let j = 0, other = 0; j < i; other += ++j) {
      const rest = (factor[row + j] as number) - dotOfRows(factor, row, other, j);
      factor[row + j] = rest / (factor[other + j] as number);
    }
    const square = (factor[row + i] as number) + ridge - dotOfRows(factor, row, row, i);
    if (!(square > 0)) throw new RangeError("cholesky: the matrix is not positive definite");
    factor[row + i] = Math.sqrt(square);
  }
  return { size, factor };
}

/**
 * Solves A x = b for all columns of `right` at once.
 * @param right size x width, row-major; left as it is
 */
export function solveCholesky({ size, factor }: Cholesky, right: Float64Array, width: number): Float64Array {
  const x = right.slice();
  for (let i = 0, row = 0; i < size; row += ++i) {
    for (let j = 0; j < i; j++) subtractRow(x, i * width, j * width, factor[row + j] as number, width);
    divideRow(x, i * width, factor[row + i] as number, width);
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = (i * (i + 1)) / 2;
    divideRow(x, i * width, factor[row + i] as number, width);
    for (let j = 0; j < i; j++) subtractRow(x, j * width, i * width, factor[row + j] as number, width);
  }
  return x;
}

/** Four sums in flight, so that none waits for its last addition. */
function dotOfRows(values: Float64Array, a: number, b: number, length: number): number {
  let [s, t, u, v] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    s += (values[a + i] as number) * (values[b + i] as number);
    t += (values[a + i + 1] as number) * (values[b + i + 1] as number);
    u += (values[a + i + 2] as number) * (values[b + i + 2] as number);
    v += (values[a + i + 3] as number) * (values[b + i + 3] as number);
  }
  for (; i < length; i++) s += (values[a + i] as number) * (values[b + i] as number);
  return s + t + (u + v);
}

function subtractRow(x: Float64Array, to: number, from: number, factor: number, width: number): void {
  for (let k = 0; k < width; k++) x[to + k]! -= factor * (x[from + k] as number);
}

function divideRow(x: Float64Array, at: number, by: number, width: number): void {
  for (let k = at; k < at + width; k++) x[k]! /= by;
}
