import type { UserProfile } from "../../core/artifacts.ts";
import type { Sign } from "../../core/rating-scale.ts";

/** A user's hidden side as it might be: m active attributes, each on one side. */
export interface AttributeSet {
  readonly attributes: UserProfile["attributes"];
  /** The active sides, ascending: 2j is attribute j shown strongly, 2j + 1 its opposite. */
  readonly sides: readonly number[];
}

/** The number of an attribute's side, in the order of every vector over sides. */
const sideOf = (attribute: number, sign: Sign): number => 2 * attribute + (sign === 1 ? 0 : 1);

/** The active sides of a user, ascending. */
export function sidesOf(attributes: UserProfile["attributes"]): number[] {
  return attributes.flatMap((sign, j) => (sign === 0 ? [] : [sideOf(j, sign)]));
}

/** All users with m of K attributes: 2^m times K over m of them. */
export function attributeSets(k: number, m: number): AttributeSet[] {
  const chosen: number[][] = [];
  const choose = (from: number, sides: readonly number[]): void => {
    if (sides.length === m) {
      chosen.push([...sides]);
      return;
    }
    for (let side = from; side < 2 * k; side++) choose(2 * Math.floor(side / 2) + 2, [...sides, side]);
  };
  choose(0, []);
  return chosen.map((sides) => ({
    sides,
    attributes: Array.from({ length: k }, (_, j) =>
      sides.includes(2 * j) ? 1 : sides.includes(2 * j + 1) ? -1 : 0,
    ),
  }));
}

/** Rounds of fitting; with m = 1 none is needed, with m = 2 a few settle the third digit. */
const ROUNDS = 20;

/**
 * How likely each set is, given how likely each side is to be one of the active ones: the distribution of largest entropy
 * whose sides are active as often as they should, found by iterative proportional fitting (Deming and Stephan, 1940,
 * Annals of Mathematical Statistics 11). For m = 1 these are the probabilities of the sides themselves.
 * @param sides 2K probabilities that sum to 1: of a side drawn from the user's active ones
 * @param sets all with the same m >= 1
 * @returns one probability a set, in their order
 */
export function setProbabilities(sides: ArrayLike<number>, sets: readonly AttributeSet[]): Float64Array {
  const m = sets[0]?.sides.length ?? 0;
  const weights = Float64Array.from(sides, (p) => Math.max(p, 1e-12));
  // A side that is drawn more often than once in m is active for certain.
  const wanted = Float64Array.from(sides, (p) => Math.min(1, m * p));
  const active = new Float64Array(weights.length);
  let likely = products(weights, sets);
  for (let round = 0; m > 1 && round < ROUNDS; round++) {
    active.fill(0);
    for (const [s, set] of sets.entries()) {
      for (const side of set.sides) active[side]! += likely[s] as number;
    }
    for (let i = 0; i < weights.length; i++) {
      if ((active[i] as number) > 0) weights[i]! *= (wanted[i] as number) / (active[i] as number);
    }
    likely = products(weights, sets);
  }
  return likely;
}

/** Probabilities proportional to the product of the sides' weights. */
function products(weights: Float64Array, sets: readonly AttributeSet[]): Float64Array {
  const out = Float64Array.from(sets, ({ sides }) =>
    sides.reduce((product, side) => product * (weights[side] as number), 1),
  );
  const total = out.reduce((sum, p) => sum + p, 0);
  return out.map((p) => (total > 0 ? p / total : 1 / out.length));
}
