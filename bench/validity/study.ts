import { type Key, type Rng, rngOf } from "../../src/core/random.ts";
import type { CrossedCells } from "../../src/statistics/crossed.ts";

/** A study whose truth is known: methods beside one baseline, on the same users in the same worlds. */
export interface Design {
  readonly users: number;
  readonly worlds: number;
  /** Standard deviation of a method's effect over worlds; each method has world effects of its own. */
  readonly worldSd: number;
  /** Share of cells without a reward, each method's at random. */
  readonly missing: number;
  readonly methods: number;
  /** The true Δ of every method. */
  readonly effect: number;
}

/** Standard deviations of a method's effect over worlds: none, as measured in default runs, and large. */
export const WORLD_SDS = [0, 0.18, 0.3];

/** Variances of a paired difference as in a run of the defaults, between users and of single cells. */
export const VARIANCE = { users: 0.35, residual: 5.8 };

export interface SimulatedStudy {
  readonly differences: readonly CrossedCells[];
  /** Each method's own effect in each world, Δ left out. */
  readonly worldEffects: readonly Float64Array[];
}

/**
 * Draws one study: difference = Δ + world effect + (own user and cell noise) - (the baseline's), each side with half of
 * the variance, so that two methods correlate by ½ within a cell, as methods do that share a baseline.
 */
export function drawStudy(design: Design, key: Key): SimulatedStudy {
  const { users, worlds, worldSd, missing, methods, effect } = design;
  const rng = rngOf(key);
  const baseline = noise(users, worlds, rng);
  const worldEffects = Array.from({ length: methods }, () =>
    Float64Array.from({ length: worlds }, () => worldSd * rng.normal()),
  );
  const differences = worldEffects.map((perWorld) => {
    const values = noise(users, worlds, rng);
    for (let i = 0, w = 0; i < values.length; i++, w = w + 1 === worlds ? 0 : w + 1) {
      if (missing > 0 && rng.uniform() < missing) values[i] = Number.NaN;
      else values[i]! += effect + (perWorld[w] as number) - (baseline[i] as number);
    }
    return { users, worlds, values };
  });
  return { differences, worldEffects };
}

function noise(users: number, worlds: number, rng: Rng): Float64Array {
  const [user, cell] = [Math.sqrt(VARIANCE.users / 2), Math.sqrt(VARIANCE.residual / 2)];
  const values = new Float64Array(users * worlds);
  for (let u = 0, i = 0; u < users; u++) {
    const own = user * rng.normal();
    for (let w = 0; w < worlds; w++, i++) values[i] = own + cell * rng.normal();
  }
  return values;
}
