import { normalCdf, normalQuantile, studentTQuantile } from "./distributions.ts";
import type { VarianceComponents } from "./variance-components.ts";

/** How large a study is: every user stands in every world. */
export interface StudySize {
  readonly users: number;
  readonly worlds: number;
}

/** How often the test of a study finds a true effect, as a function of it. */
export type PowerCurve = (effect: number) => number;

/**
 * Power of the crossed t (crossed.ts) in a whole table of users and worlds whose variances are known: the chance that its
 * two-sided p-value is below `alpha`. The estimate is normal about the effect, with the true standard error; the standard
 * error and the degrees of freedom that the test takes for it come from mean squares, which are independent of it and
 * multiples of chi-squares. Their distributions are summed over numerically, so that what the test does with too small a
 * variance between worlds (it takes the users' alone) counts as it happens.
 * @param size from three worlds on users and worlds are random; in one or two the worlds are taken as they are
 * @returns `null` below two users, or for several worlds whose variance is not known
 */
export function powerCurve(
  variance: VarianceComponents,
  { users, worlds }: StudySize,
  alpha: number,
): PowerCurve | null {
  if (users < 2 || (worlds > 1 && variance.worlds === null)) return null;
  const critical = criticalValues(alpha);
  const cell = variance.residual / (users * worlds);
  const perUser = variance.users / users + cell;
  const perWorld = (variance.worlds ?? 0) / worlds + cell;
  const free = { users: users - 1, worlds: worlds - 1, cells: (users - 1) * (worlds - 1) };

  // Half the width of the acceptance region at each node, with its probability.
  const reach: number[] = [];
  const weight: number[] = [];
  const nodes = (of: keyof typeof free) => (free[of] > LARGE[of] ? CERTAIN : chiSquareNodes(free[of]));
  for (const u of worlds < 3 ? chiSquareNodes(free.users) : nodes("users")) {
    const ownUser = u.value * perUser;
    if (worlds < 3) {
      reach.push(critical(free.users) * Math.sqrt(ownUser));
      weight.push(u.weight);
      continue;
    }
    for (const w of nodes("worlds")) {
      for (const c of nodes("cells")) {
        const [ownWorld, ownCell] = [w.value * perWorld, c.value * cell];
        const total = Math.max(ownUser, ownUser + ownWorld - ownCell);
        const spread = ownUser ** 2 / free.users + ownWorld ** 2 / free.worlds + ownCell ** 2 / free.cells;
        const least = Math.min(users, worlds) - 1;
        reach.push(critical(spread === 0 ? least : Math.max(least, total ** 2 / spread)) * Math.sqrt(total));
        weight.push(u.weight * w.weight * c.weight);
      }
    }
  }
  const error = standardError(variance, { users, worlds });
  if (error === 0) return (effect) => (effect === 0 ? 0 : 1);
  return (effect) => {
    let power = 0;
    for (let i = 0; i < reach.length; i++) {
      const half = reach[i] as number;
      const wrongSide = (-Math.abs(effect) - half) / error;
      const found =
        normalCdf((Math.abs(effect) - half) / error) + (wrongSide < -8 ? 0 : normalCdf(wrongSide));
      power += (weight[i] as number) * found;
    }
    return power;
  };
}

/** The true standard error of a mean of the whole table; a variance between worlds that is not known counts as 0. */
export function standardError(variance: VarianceComponents, { users, worlds }: StudySize): number {
  const between = worlds < 3 ? 0 : (variance.worlds ?? 0) / worlds;
  return Math.sqrt(variance.users / users + between + variance.residual / (users * worlds));
}

interface Node {
  readonly value: number;
  readonly weight: number;
}

/** With more degrees of freedom than this, a mean square beside that of worlds is taken as it is expected. */
const LARGE = { users: 120, worlds: 60, cells: 20 };
/** Few degrees of freedom make a skew distribution, and the largest of variances is chosen where it is wide. */
const [FINE, COARSE] = [40, 12];
const SKEW = 20;
const CERTAIN: readonly Node[] = [{ value: 1, weight: 1 }];

/**
 * Nodes and weights of a chi-square over its degrees of freedom: the trapezoidal rule on its logarithm, whose density is
 * proportional to exp(df/2 (z - e^z)), smooth and of one peak at 0.
 */
function chiSquareNodes(df: number): readonly Node[] {
  const known = NODES_BY_DF.get(df);
  if (known !== undefined) return known;
  const logDensity = (z: number) => (df / 2) * (z - Math.exp(z) + 1);
  const end = (direction: 1 | -1): number => {
    let z = 0;
    while (logDensity(z) > -12) z += direction * 0.05;
    return z;
  };
  const [low, high] = [end(-1), end(1)];
  const count = df < SKEW ? FINE : COARSE;
  const points = Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.5)) / count);
  const densities = points.map((z) => Math.exp(logDensity(z)));
  const total = densities.reduce((sum, d) => sum + d, 0);
  const nodes = points.map((z, i) => ({ value: Math.exp(z), weight: (densities[i] as number) / total }));
  NODES_BY_DF.set(df, nodes);
  return nodes;
}

const NODES_BY_DF = new Map<number, readonly Node[]>();

/** Steps of 1 / df from 0 (the normal) to 1 (Cauchy's distribution) at which quantiles are computed. */
const STEPS = 1024;

/**
 * The critical value of the two-sided test by its degrees of freedom (at least 1), linear in 1 / df between computed ones:
 * relative error below 1e-5.
 */
function criticalValues(alpha: number): (df: number) => number {
  const table =
    CRITICAL_BY_ALPHA.get(alpha) ??
    Float64Array.from({ length: STEPS + 2 }, (_, i) =>
      i === 0 ? normalQuantile(1 - alpha / 2) : studentTQuantile(1 - alpha / 2, STEPS / Math.min(i, STEPS)),
    );
  CRITICAL_BY_ALPHA.set(alpha, table);
  return (df) => {
    const at = STEPS / Math.max(1, df);
    const i = Math.floor(at);
    const below = table[i] as number;
    return below + (at - i) * ((table[i + 1] as number) - below);
  };
}

const CRITICAL_BY_ALPHA = new Map<number, Float64Array>();
