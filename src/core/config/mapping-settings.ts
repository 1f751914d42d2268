import type { Config } from "./resolved.ts";

/** How many signed permutations are stacked where nothing else is said: the fewest that differ from one. */
const STACKED = 2;

export function mappingOf(mapping: Config["mapping"]): Config["mapping"] {
  return mapping.kind === "stacked-permutation" ? { ...mapping, k: mapping.k ?? STACKED } : mapping;
}

/** n where nothing else is said: an attribute decides one principle, of stacked permutations each of them one. */
export const usualTargets = (
  { k = 1 }: Config["mapping"],
  activeAttributes: number,
  principles: number,
): number => Math.min(k * activeAttributes, principles);

/**
 * Checks what the mapping's single keys cannot.
 * @param fail throws: what is wrong, where, and what to do
 */
export function checkMappingSettings(
  { pool, mapping, worlds }: Config,
  fail: (message: string, where: string, remedy: string) => never,
): void {
  const k = pool.attributes.length;
  if ((mapping.kind === "file") !== (mapping.file !== undefined)) {
    fail(
      'mapping.kind "file" and mapping.file belong together',
      "mapping",
      'write mapping: { kind: "file", file: "matrix.json" }, or leave both out',
    );
  }
  const { kind, k: stacked } = mapping;
  if (stacked !== undefined && kind !== "stacked-permutation") {
    fail(
      `mapping.k counts stacked permutations, and the mapping is ${kind}`,
      "mapping.k",
      'write mapping: { kind: "stacked-permutation", k: 2 }, or leave k out',
    );
  }
  if (stacked !== undefined && stacked > k) {
    fail(
      `${stacked} stacked permutations of a pool of ${k}`,
      "mapping.k",
      "choose at most K: each takes a place of its own in every row",
    );
  }
  if (mapping.kind === "file" && worlds.length > 1) {
    fail(
      `a mapping from a file is one world, not ${worlds.length}: each would be the same matrix again`,
      "worlds",
      "leave worlds out or write worlds: 1; for several mappings make a run for each",
    );
  }
}
