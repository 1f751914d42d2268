import type { DrawnKind, MappingKind } from "../core/config/ids.ts";
import { UsageError } from "../core/errors.ts";
import { fold, type Key, rngOf, rootKey } from "../core/random.ts";
import { stackedPlaces } from "./stacked.ts";

/** The hidden mapping C: K rows (principles) of K columns (attributes). */
export type Mapping = readonly (readonly number[])[];

/** A world: one sampled C. */
export interface World {
  readonly seed: number;
  readonly kind: MappingKind;
  readonly matrix: Mapping;
}

/**
 * The world of a seed: the same matrix for the same seed, kind and K on every machine.
 * @param k K: rows and columns
 * @param stacked how many permutations are stacked, 1..K; of `stacked-permutation` alone
 */
export function sampleWorld(seed: number, kind: DrawnKind, k: number, stacked?: number): World {
  return drawnWorld(seed, kind, k, rootKey(seed), stacked);
}

/** A world drawn under a key of any origin. @param seed its name */
export function drawnWorld(seed: number, kind: DrawnKind, k: number, key: Key, stacked = 1): World {
  return { seed, kind, matrix: samplers[kind](k, fold(fold(key, "mapping"), kind), stacked) };
}

/** A world whose matrix a person wrote; the seed still drives what the methods draw. */
export function fixedWorld(seed: number, matrix: Mapping): World {
  return { seed, kind: "file", matrix };
}

const samplers: Record<DrawnKind, (k: number, key: Key, stacked: number) => Mapping> = {
  /** One +1 or -1 in each row and column (paper, section on arbitrary mappings). */
  "signed-permutation": (k, key) => {
    const rng = rngOf(key);
    const columns = rng.shuffle(Array.from({ length: k }, (_, i) => i));
    return columns.map((column) => {
      const sign = rng.sign();
      return Array.from({ length: k }, (_, j) => (j === column ? sign : 0));
    });
  },
  /** Signed permutations of which no two share a place, added up: `stacked` entries of ±1 in each row and column. */
  "stacked-permutation": (k, key, stacked) => {
    const rng = rngOf(key);
    const rows = stackedPlaces(k, stacked, rng);
    return rows.map((columns) => Array.from({ length: k }, (_, j) => (columns.has(j) ? rng.sign() : 0)));
  },
  /** Dense, independent standard normal entries. */
  gaussian: (k, key) => {
    const rng = rngOf(key);
    return Array.from({ length: k }, () => Array.from({ length: k }, () => rng.normal()));
  },
};

/** How many permutations are stacked in a matrix of that kind. */
export const stackedIn = ([first = []]: Mapping): number => first.filter((entry) => entry !== 0).length;

/**
 * Checks a mapping read from a file: K rows of K finite numbers, none of them all zero.
 * @throws UsageError naming the first wrong row
 */
export function checkMapping(value: unknown, k: number, where: string): Mapping {
  const remedy = `give a JSON list of ${k} rows (principles) of ${k} numbers (attributes)`;
  if (!Array.isArray(value)) throw new UsageError("a mapping is a list of rows", { where, remedy });
  if (value.length !== k) {
    throw new UsageError(`the mapping has ${value.length} rows, the pool has K = ${k}`, { where, remedy });
  }
  for (const [i, row] of value.entries()) {
    if (!Array.isArray(row) || row.length !== k) {
      const found = Array.isArray(row) ? `${row.length} entries` : "no list";
      throw new UsageError(`the mapping is not square: row ${i + 1} has ${found}`, {
        where: `${where}, row ${i + 1}`,
        remedy,
      });
    }
    const bad = row.findIndex((x) => typeof x !== "number" || !Number.isFinite(x));
    if (bad >= 0) {
      const place = `${where}, row ${i + 1}, column ${bad + 1}`;
      throw new UsageError(`${JSON.stringify(row[bad])} is not a finite number`, { where: place, remedy });
    }
  }
  const matrix = value as number[][];
  const idle = matrix[0]?.findIndex((_, j) => matrix.every((row) => row[j] === 0)) ?? -1;
  if (idle >= 0) {
    throw new UsageError(`column ${idle + 1} is all zero: users with that attribute would prefer nothing`, {
      where: `${where}, column ${idle + 1}`,
      remedy: "give every attribute at least one preferred principle",
    });
  }
  return matrix;
}
