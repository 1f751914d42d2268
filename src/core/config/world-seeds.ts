import { fold, rngOf, rootKey } from "../random.ts";

/** Seeds of worlds lie below this, so that any tool reads them as whole numbers. */
const SEEDS = 2 ** 31;

/**
 * The seeds of a run's worlds: whole numbers below 2^31, distinct. World i has the same seed however many there are, and
 * runs of different seeds share a world by chance alone: of five worlds each, once in about 86 million pairs of runs.
 */
export function worldSeeds(seed: number, count: number): number[] {
  const key = fold(rootKey(seed), "world-seed");
  const seeds = new Set<number>();
  for (let i = 0; i < count; i++) {
    const rng = rngOf(fold(key, i));
    let drawn = rng.int(SEEDS);
    while (seeds.has(drawn)) drawn = rng.int(SEEDS);
    seeds.add(drawn);
  }
  return [...seeds];
}
