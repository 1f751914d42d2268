import type { DatabaseSync } from "node:sqlite";
import { rootKey } from "../core/random.ts";
import type { Direction } from "../core/rating-scale.ts";
import { bootstrapIntervals } from "../statistics/bootstrap.ts";
import { mean } from "../statistics/descriptive.ts";
import { TIE_TOLERANCE } from "../statistics/differences.ts";
import type { ComparedRow, Comparison } from "./api-types.ts";
import { prepared } from "./statements.ts";

/** One side of a comparison: a method of a run. */
export interface Side {
  readonly db: DatabaseSync;
  readonly method: string;
}

/** Everything about a comparison but the page that is shown. */
export interface WholeComparison extends Omit<Comparison, "isPaired" | "rows" | "offset" | "total"> {
  /** In the order of `ORDERS.worst`. */
  readonly rows: readonly ComparedRow[];
}

/** Resamples of the interval: enough for two digits, and done in the time of a page. */
const RESAMPLES = 1_000;

/**
 * Two methods on the users and worlds that both have: rewards paired, with an interval by the clustered bootstrap of
 * a run.
 */
export function compareSides(a: Side, b: Side): WholeComparison {
  const [first, second] = [cellsOf(a), cellsOf(b)];
  const rows: ComparedRow[] = [];
  const gains = { a: [] as number[], b: [] as number[] };
  for (const [key, cell] of first) {
    const other = second.get(key);
    if (other === undefined) continue;
    const { user, world, principle, direction } = cell;
    rows.push({
      user,
      world,
      target: principle === null || direction === null ? null : { principle, direction },
      rewardA: cell.reward,
      rewardB: other.reward,
      change: cell.reward === null || other.reward === null ? null : other.reward - cell.reward,
    });
    if (cell.difference !== null) gains.a.push(cell.difference);
    if (other.difference !== null) gains.b.push(other.difference);
  }
  const known = rows.flatMap((r) => r.change ?? []);
  return {
    pairs: known.length,
    deltaA: mean(gains.a),
    deltaB: mean(gains.b),
    change: mean(known),
    changeCi95: bootstrapIntervals(gridOf(rows), rootKey("view"), RESAMPLES).delta,
    better: known.filter((d) => d > TIE_TOLERANCE).length,
    even: known.filter((d) => Math.abs(d) <= TIE_TOLERANCE).length,
    worse: known.filter((d) => d < -TIE_TOLERANCE).length,
    rows: rows.sort((x, y) => order(x) - order(y)),
  };
}

/** Missing changes go to the end. */
function order({ change }: ComparedRow): number {
  return change ?? Number.MAX_VALUE;
}

interface Cell {
  readonly user: string;
  readonly world: number;
  readonly principle: string | null;
  readonly direction: Direction | null;
  readonly reward: number | null;
  readonly difference: number | null;
}

function cellsOf({ db, method }: Side): Map<string, Cell> {
  const cells = prepared(
    db,
    `SELECT u.user, s.world, s.principle, s.direction, s.reward, s.difference
       FROM samples s JOIN users u ON u.id = s.user
       WHERE s.method = (SELECT id FROM methods WHERE name = ?) ORDER BY s.world, s.user`,
  ).all(method) as unknown as Cell[];
  return new Map(cells.map((cell) => [`${cell.world} ${cell.user}`, cell]));
}

/** Changes as users x worlds, row-major, NaN where unknown. */
function gridOf(rows: readonly ComparedRow[]): { users: number; worlds: number; values: Float64Array } {
  const users = new Map<string, number>();
  const worlds = new Map<number, number>();
  for (const { user, world } of rows) {
    if (!users.has(user)) users.set(user, users.size);
    if (!worlds.has(world)) worlds.set(world, worlds.size);
  }
  const values = new Float64Array(users.size * worlds.size).fill(Number.NaN);
  for (const { user, world, change } of rows) {
    if (change !== null) values[users.get(user)! * worlds.size + worlds.get(world)!] = change;
  }
  return { users: users.size, worlds: worlds.size, values };
}
