/** A world by its place in the run and its seed: "world 2 (seed 1876519393)". */
export function worldName(seeds: readonly number[], seed: number): string {
  return `world ${seeds.indexOf(seed) + 1} (seed ${seed})`;
}
