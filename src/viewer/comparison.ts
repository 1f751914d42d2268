import type { DatabaseSync } from "node:sqlite";
import type { Direction } from "../core/rating-scale.ts";
import { type CrossedCells, infer } from "../statistics/crossed.ts";
import { TIE_TOLERANCE } from "../statistics/differences.ts";
import { meanOverWorlds } from "../statistics/linearised.ts";
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

/**
 * Two methods on the users and worlds that both have: rewards paired, with change and interval by the crossed t of a run.
 */
export function compareSides(a: Side, b: Side): WholeComparison {
  const [first, second] = [cellsOf(a), cellsOf(b)];
  const rows: ComparedRow[] = [];
  const gains = { a: [] as Gain[], b: [] as Gain[] };
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
    gains.a.push({ user, world, gain: cell.difference });
    gains.b.push({ user, world, gain: other.difference });
  }
  const known = rows.flatMap((r) => r.change ?? []);
  const change = meanOverWorlds(
    gridOf(rows.map(({ user, world, change }) => ({ user, world, gain: change }))),
  );
  return {
    pairs: known.length,
    deltaA: meanOverWorlds(gridOf(gains.a))?.estimate ?? null,
    deltaB: meanOverWorlds(gridOf(gains.b))?.estimate ?? null,
    change: change?.estimate ?? null,
    changeCi95: infer(change)?.ci95 ?? null,
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

interface Gain {
  readonly user: string;
  readonly world: number;
  readonly gain: number | null;
}

/** Gains as users x worlds, row-major, NaN where unknown. */
function gridOf(gains: readonly Gain[]): CrossedCells {
  const users = new Map<string, number>();
  const worlds = new Map<number, number>();
  for (const { user, world } of gains) {
    if (!users.has(user)) users.set(user, users.size);
    if (!worlds.has(world)) worlds.set(world, worlds.size);
  }
  const values = new Float64Array(users.size * worlds.size).fill(Number.NaN);
  for (const { user, world, gain } of gains) {
    if (gain !== null) values[users.get(user)! * worlds.size + worlds.get(world)!] = gain;
  }
  return { users: users.size, worlds: worlds.size, values };
}
