import { studentTQuantile, studentTTwoSided } from "./distributions.ts";

/** A table of users by worlds. */
export interface CrossedCells {
  readonly users: number;
  readonly worlds: number;
  /** users x worlds, row-major (one user's worlds side by side); NaN where a cell is missing. */
  readonly values: Float64Array;
}

/**
 * A statistic of a crossed table, written as what each cell adds to its sampling error (its influence function): to
 * first order the statistic differs from its true value by the sum of `cells`, which is 0 over the table itself. Made by
 * the functions of linearised.ts; any other statistic can be inferred from in the same way.
 */
export interface Linearised {
  readonly estimate: number;
  readonly cells: CrossedCells;
}

export interface CrossedError {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Users and worlds with at least one cell: what the error rests on. */
  readonly users: number;
  readonly worlds: number;
}

/** One t for everything: `pValue` is below 0.05 exactly where `ci95` leaves 0 out. */
export interface Inference extends CrossedError {
  readonly estimate: number;
  readonly ci95: readonly [number, number];
  /** Two-sided, of the hypothesis that the true value is 0. */
  readonly pValue: number;
}

/**
 * Standard error and degrees of freedom of a sum over a crossed table, by the number of worlds:
 * - three or more: users and worlds are both random. SE² = max(V_u, V_u + V_w - V_e), with V_u and V_w the variances
 *   clustered on users and on worlds and V_e that of single cells, which both hold (Cameron, Gelbach and Miller, 2011,
 *   "Robust inference with multiway clustering", J. Business and Economic Statistics 29; in a whole table these are the
 *   mean squares of Searle, Casella and McCulloch, 1992, "Variance Components", section 4.3). Degrees of freedom by
 *   Satterthwaite, as in Westfall, Kenny and Judd (2014, J. Exp. Psychology: General 143), at least min(U, W) - 1: a floor
 *   of W - 1 alone would cover too little with more worlds than users.
 * - one or two: the worlds are taken as they are, and only users are random (Student's t over users; Miller, 2024,
 *   "Adding error bars to evals", arXiv 2411.00640). Whatever rests on it holds "in this world" or "in these two worlds".
 *
 * Its coverage and error rates are simulated in bench/validity.ts.
 * @param cells what each cell adds; sums to 0
 * @returns `null` with fewer than two users
 */
export function crossedError({ users: rows, worlds: columns, values }: CrossedCells): CrossedError | null {
  const user = margins(rows);
  const world = margins(columns);
  for (let u = 0, i = 0; u < rows; u++) {
    for (let w = 0; w < columns; w++, i++) {
      const psi = values[i] as number;
      if (Number.isNaN(psi)) continue;
      user.sums[u]! += psi;
      user.counts[u]!++;
      world.sums[w]! += psi;
      world.counts[w]!++;
    }
  }
  const users = present(user);
  const worlds = present(world);
  if (users < 2) return null;
  const perUser = (users / (users - 1)) * squares(user.sums);
  if (worlds < 3) return { standardError: Math.sqrt(perUser), degreesOfFreedom: users - 1, users, worlds };

  const perWorld = (worlds / (worlds - 1)) * squares(world.sums);
  const cell = cellVariance(values, user, world, users + worlds - 1);
  const variance = Math.max(perUser, perUser + perWorld - cell.variance);
  const spread =
    perUser ** 2 / (users - 1) + perWorld ** 2 / (worlds - 1) + cell.variance ** 2 / cell.freedom;
  const least = Math.min(users, worlds) - 1;
  return {
    standardError: Math.sqrt(variance),
    degreesOfFreedom: spread === 0 ? least : Math.max(least, variance ** 2 / spread),
    users,
    worlds,
  };
}

/**
 * Interval and test of a statistic, both from its one t.
 * @returns `null` with fewer than two users, and without a statistic
 */
export function infer(statistic: Linearised | null): Inference | null {
  if (statistic === null) return null;
  const error = crossedError(statistic.cells);
  if (error === null) return null;
  const isRounding =
    Math.abs(statistic.estimate) + error.standardError < ROUNDING * spreadOf(statistic.cells);
  const estimate = isRounding ? 0 : statistic.estimate;
  const standardError = isRounding ? 0 : error.standardError;
  const { degreesOfFreedom } = error;
  const half = studentTQuantile(0.975, degreesOfFreedom) * standardError;
  return {
    ...error,
    estimate,
    standardError,
    ci95: [estimate - half, estimate + half],
    // Without any variation the t is infinite, or, of a statistic of 0, undefined: nothing speaks against 0 then.
    pValue: estimate === 0 ? 1 : studentTTwoSided(estimate / standardError, degreesOfFreedom),
  };
}

/** Differences that cancel leave an estimate and an error of the last bits, which must not pass for an effect. */
const ROUNDING = 1e-12;

function spreadOf({ values }: CrossedCells): number {
  let total = 0;
  for (const psi of values) if (!Number.isNaN(psi)) total += Math.abs(psi);
  return total;
}

interface Margins {
  readonly sums: Float64Array;
  readonly counts: Uint32Array;
}

const margins = (size: number): Margins => ({
  sums: new Float64Array(size),
  counts: new Uint32Array(size),
});

function present({ counts }: Margins): number {
  let n = 0;
  for (const count of counts) if (count > 0) n++;
  return n;
}

function squares(sums: Float64Array): number {
  let total = 0;
  for (const sum of sums) total += sum * sum;
  return total;
}

/**
 * Variance that single cells bring, which those of users and of worlds both hold: what is left beyond a cell's user and
 * world. Where most users have one cell only, as in the group of one target, too little is left to tell; then it is that
 * of the cells as they are, the intersection's of Cameron, Gelbach and Miller, which is as good in large sparse tables.
 */
function cellVariance(
  values: Float64Array,
  user: Margins,
  world: Margins,
  fitted: number,
): { variance: number; freedom: number } {
  const columns = world.sums.length;
  let [left, all, n] = [0, 0, 0];
  for (let u = 0, i = 0; u < user.sums.length; u++) {
    const userMean = (user.sums[u] as number) / (user.counts[u] as number);
    for (let w = 0; w < columns; w++, i++) {
      const psi = values[i] as number;
      if (Number.isNaN(psi)) continue;
      left += (psi - userMean - (world.sums[w] as number) / (world.counts[w] as number)) ** 2;
      all += psi * psi;
      n++;
    }
  }
  const freedom = n - fitted;
  if (freedom < SPARSE * n) return { variance: (n / (n - 1)) * all, freedom: n - 1 };
  return { variance: (n / freedom) * left, freedom };
}

/** The share of a table's cells that must be left as degrees of freedom; a whole table of 2 users in 3 worlds has 1 / 3. */
const SPARSE = 0.1;
