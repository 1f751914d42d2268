import { fold, type Key } from "../core/random.ts";
import type { CrossedCells } from "./crossed.ts";
import { resampleClusters } from "./resample.ts";

/** How often each user and each world was drawn. */
export interface CrossedDraw {
  readonly users: Uint16Array;
  readonly worlds: Uint16Array;
}

/** With fewer, worlds are taken as they are, as in crossed.ts. */
const FEWEST_WORLDS = 3;

/**
 * Draws users and worlds anew, both with replacement and independently of each other: a cell counts as often as its user
 * times its world was drawn (the pigeonhole bootstrap; Owen, 2007, "The pigeonhole bootstrap", Annals of Applied Statistics
 * 1). Its intervals are a little too wide rather than too narrow.
 * @param visit gets a draw in arrays that the next one overwrites
 */
export function resampleCrossed(
  { users, worlds }: Pick<CrossedCells, "users" | "worlds">,
  key: Key,
  resamples: number,
  visit: (draw: CrossedDraw) => void,
): void {
  const ofWorlds: Uint16Array[] = [];
  if (worlds >= FEWEST_WORLDS) {
    resampleClusters(worlds, fold(key, "worlds"), resamples, (draws) => ofWorlds.push(draws.slice()));
  }
  const asTheyAre = new Uint16Array(worlds).fill(1);
  let b = 0;
  resampleClusters(users, fold(key, "users"), resamples, (draws) =>
    visit({ users: draws, worlds: ofWorlds[b++] ?? asTheyAre }),
  );
}

/** The mean over worlds of the worlds' means, in a draw; `null` where nothing that was drawn has a value. */
export function meanOfDraw({ users, worlds, values }: CrossedCells, draw: CrossedDraw): number | null {
  let [total, counted] = [0, 0];
  for (let w = 0; w < worlds; w++) {
    const weight = draw.worlds[w] as number;
    if (weight === 0) continue;
    let [sum, n] = [0, 0];
    for (let u = 0; u < users; u++) {
      const value = values[u * worlds + w] as number;
      const drawn = draw.users[u] as number;
      if (drawn === 0 || Number.isNaN(value)) continue;
      sum += drawn * value;
      n += drawn;
    }
    if (n === 0) continue;
    total += (weight * sum) / n;
    counted += weight;
  }
  return counted === 0 ? null : total / counted;
}
