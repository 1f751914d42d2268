import type { Rng } from "../core/random.ts";

/**
 * The places of stacked permutations: for each of `k` rows the columns that it takes, `stacked` in each row and each column.
 *
 * Permutations are drawn one after another from the places that are left. What is left has equally many places in every row
 * and column, so that a permutation can always be found in it (Hall's theorem); it is found by augmenting paths (Kuhn, 1955),
 * rows and columns tried in an order drawn anew. No row and no column is told from another, so that every place is taken with
 * probability stacked / k.
 */
export function stackedPlaces(k: number, stacked: number, rng: Rng): ReadonlySet<number>[] {
  const taken = Array.from({ length: k }, () => new Set<number>());
  for (let i = 0; i < stacked; i++) {
    for (const [row, column] of permutationBeside(taken, rng).entries()) taken[row]?.add(column);
  }
  return taken;
}

/** A permutation, column by row, in none of the places that are taken. */
function permutationBeside(taken: readonly ReadonlySet<number>[], rng: Rng): number[] {
  const k = taken.length;
  const order = (): number[] => rng.shuffle(Array.from({ length: k }, (_, i) => i));
  const tried = taken.map((columns) => order().filter((column) => !columns.has(column)));
  const rowOf = new Map<number, number>();
  /** Gives a row a column, moving others to other columns where they stand in the way. */
  const place = (row: number, seen: Set<number>): boolean => {
    for (const column of tried[row] as number[]) {
      if (seen.has(column)) continue;
      seen.add(column);
      const holder = rowOf.get(column);
      if (holder === undefined || place(holder, seen)) {
        rowOf.set(column, row);
        return true;
      }
    }
    return false;
  };
  for (const row of order()) place(row, new Set());
  const columns = new Array<number>(k);
  for (const [column, row] of rowOf) columns[row] = column;
  return columns;
}
