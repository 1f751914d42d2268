import { normalQuantile } from "./distributions.ts";
import { type PowerCurve, powerCurve, type StudySize, standardError } from "./test-power.ts";
import type { VarianceComponents } from "./variance-components.ts";

/** Error rates of a planned two-sided paired test. */
export interface PowerOptions {
  /** Chance of a false alarm; default 0.05. One test's own: at Holm's first step of m methods it is 0.05 / m. */
  readonly alpha?: number;
  /** Chance to see an effect that is there; default 0.8. */
  readonly power?: number;
}

/** No study is planned beyond this many users or worlds. */
const LARGEST = 2 ** 20;
/** Every size is tried up to here, and then every size that is larger by a hundredth. */
const EVERY = 1_000;

/**
 * The smallest |Δ| that the crossed t finds with the wanted power ("minimum detectable effect"; Bloom, 1995, Evaluation
 * Review 19), exact for normal differences up to the numerical sum of `powerCurve`.
 * @returns `null` below two users, or for several worlds whose variance is not known
 */
export function minimalDetectableEffect(
  variance: VarianceComponents,
  size: StudySize,
  { alpha = 0.05, power = 0.8 }: PowerOptions = {},
): number | null {
  const curve = powerCurve(variance, size, alpha);
  return curve && effectOf(curve, power);
}

/** Where a rising curve reaches the power: false position, halving the weight of an end that stays (Illinois). */
function effectOf(curve: PowerCurve, power: number): number {
  let [low, high] = [0, 1];
  let [under, over] = [curve(low) - power, curve(high) - power];
  while (over < 0) {
    [low, under] = [high, over];
    high *= 2;
    over = curve(high) - power;
  }
  let kept = 0;
  while (high - low > 1e-9 * high) {
    const middle = Math.min(Math.max((low * over - high * under) / (over - under), low), high);
    if (middle === low || middle === high) break;
    const reached = curve(middle) - power;
    if (reached < 0) {
      [low, under] = [middle, reached];
      if (kept === 1) over /= 2;
      kept = 1;
    } else {
      [high, over] = [middle, reached];
      if (kept === -1) under /= 2;
      kept = -1;
    }
  }
  return high;
}

/**
 * The fewest users (at least 2) who find the effect in that many worlds. Sizes are tried one after the other, for nothing
 * promises that more users always find more: the more of them, the more the differences of few worlds count, and the
 * fewer degrees of freedom are left. `null` where no number of users suffices: worlds differ too much, or are of unknown variance, or the
 * effect is 0.
 */
export function usersNeeded(
  variance: VarianceComponents,
  effect: number,
  worlds: number,
  options: PowerOptions = {},
): number | null {
  return firstEnough(variance, effect, (users) => ({ users, worlds }), options);
}

/** Like `usersNeeded`, for worlds (at least 3, for fewer are taken as they are) with a given number of users. */
export function worldsNeeded(
  variance: VarianceComponents,
  effect: number,
  users: number,
  options: PowerOptions = {},
): number | null {
  return firstEnough(variance, effect, (worlds) => ({ users, worlds: Math.max(3, worlds) }), options);
}

function firstEnough(
  variance: VarianceComponents,
  effect: number,
  sizeOf: (count: number) => StudySize,
  { alpha = 0.05, power = 0.8 }: PowerOptions,
): number | null {
  const enough = (count: number): boolean | null => {
    const curve = powerCurve(variance, sizeOf(count), alpha);
    return curve && curve(Math.abs(effect)) >= power;
  };
  if (effect === 0) return null;
  const first = firstInSight(variance, effect, sizeOf, normalQuantile(1 - alpha / 2) + normalQuantile(power));
  if (first === null) return null;
  let below = first - 1;
  for (let count = first; count <= LARGEST; count = next(count)) {
    const found = enough(count);
    if (found === null) return null;
    if (found) return smallestWithin(below, count, (n) => enough(n) === true);
    if (isAtLimit(variance, sizeOf(count), sizeOf(LARGEST))) return null;
    below = count;
  }
  return null;
}

/** Whether a larger study is hardly more precise: what is not found here is not found there. */
function isAtLimit(variance: VarianceComponents, size: StudySize, largest: StudySize): boolean {
  return standardError(variance, size) < 1.0005 * standardError(variance, largest);
}

/** No test of the level finds an effect of less than this share of what a test with known variances finds. */
const IN_SIGHT = 0.6;

/** The smallest size (at least 2) whose true standard error does not rule the effect out; `null` when all do. */
function firstInSight(
  variance: VarianceComponents,
  effect: number,
  sizeOf: (count: number) => StudySize,
  quantiles: number,
): number | null {
  const inSight = (count: number): boolean =>
    IN_SIGHT * quantiles * standardError(variance, sizeOf(count)) <= Math.abs(effect);
  if (!inSight(LARGEST)) return null;
  return smallestWithin(1, LARGEST, inSight);
}

const next = (count: number): number => (count < EVERY ? count + 1 : Math.ceil(count * 1.01));

/** The smallest size above `low`, which is not enough, up to `high`, which is. */
function smallestWithin(low: number, high: number, enough: (count: number) => boolean): number {
  let [below, above] = [low, high];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (enough(middle)) above = middle;
    else below = middle;
  }
  return above;
}
