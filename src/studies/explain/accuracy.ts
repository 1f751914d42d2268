import { type Pool, styleLabels } from "../../core/artifacts.ts";
import { type Direction, signOf, toward } from "../../core/rating-scale.ts";
import type { Interval } from "../../core/run-record.ts";
import { ratingAt } from "../../ratings/rating-matrix.ts";
import { type CrossedCells, infer } from "../../statistics/crossed.ts";
import { meanOfCells } from "../../statistics/linearised.ts";
import { sidesOf } from "./attribute-sets.ts";
import type { Explained } from "./collect.ts";
import { type Amount, amountOf } from "./parts.ts";
import { CELLS } from "./plug-in.ts";
import { namedSides } from "./recogniser.ts";

/** How often something was right, with the crossed t's interval, kept within 0 and 1. */
interface Accuracy {
  readonly right: number | null;
  readonly ci95: Interval | null;
  /** Users, or pairs of user and world. */
  readonly n: number;
}

export interface AttributeAccuracy extends Accuracy {
  readonly attribute: string;
}

export interface PrincipleAccuracy extends Accuracy {
  readonly principle: string;
}

/** How far telling a style moves the judge's score of its principle, towards its direction, from the plain answer's. */
export interface StyleObedience {
  readonly principle: string;
  readonly direction: Direction;
  readonly moved: Amount;
  /** Mean scores towards the direction, of the plain answers and of those told. */
  readonly plain: number | null;
  readonly told: number | null;
  /** Test users with both scores. */
  readonly n: number;
}

/**
 * How often the recogniser names an attribute that a user has, on the right side, by attribute: the most probable sides are
 * named, as many as the user has attributes. Chance is 1 / 2K with one.
 */
export function recognisedAttributes({ users, recognised }: Explained, pool: Pool): AttributeAccuracy[] {
  const named = users.test.map(({ profile }, u) =>
    namedSides(recognised[u] as Float64Array, profile.attributes),
  );
  return pool.attributes.map((attribute, j) => ({
    attribute,
    ...accuracyOf({
      users: users.test.length,
      worlds: 1,
      values: Float64Array.from(users.test, ({ profile }, u) => {
        const side = sidesOf(profile.attributes).find((s) => Math.floor(s / 2) === j);
        return side === undefined ? Number.NaN : Number(named[u]?.includes(side));
      }),
    }),
  }));
}

/**
 * How often the learned mapping, told a user's true attributes, chooses the style that the true mapping chooses, by the
 * principle that the user wants or refuses most.
 */
export function learnedPrinciples({ users, worlds }: Explained, pool: Pool): PrincipleAccuracy[] {
  return pool.principles.map((principle, i) => {
    const values = new Float64Array(users.test.length * worlds.length).fill(Number.NaN);
    for (const [w, { targets, styles }] of worlds.entries()) {
      for (let u = 0; u < users.test.length; u++) {
        if (targets[u]?.[0]?.principle !== i) continue;
        values[u * worlds.length + w] = Number(styles.attributes[u] === styles.both[u]);
      }
    }
    return { principle, ...accuracyOf({ users: users.test.length, worlds: worlds.length, values }) };
  });
}

function accuracyOf(cells: CrossedCells): Accuracy {
  const mean = meanOfCells(cells);
  const ci95 = infer(mean)?.ci95 ?? null;
  return {
    right: mean?.estimate ?? null,
    ci95: ci95 && [Math.max(0, ci95[0]), Math.min(1, ci95[1])],
    n: cells.values.reduce((n, value) => n + (Number.isNaN(value) ? 0 : 1), 0),
  };
}

/** Every style on those test users of whom both scores are known: of the plain answer and of the one in the style. */
export function obedienceOf(explained: Explained, pool: Pool): StyleObedience[] {
  const { users } = explained;
  const [plain, told] = scoresOf(explained, pool);
  return styleLabels(pool.principles).map(({ principle, direction }, style) => {
    const column = Math.floor(style / 2);
    const pairs = users.test.flatMap((_, u) => {
      const [before, after] = [plain.get(placeOf(u, column)), told.get(placeOf(u, style))];
      if (before === undefined || after === undefined) return [];
      return [[toward(before, signOf(direction)), toward(after, signOf(direction))] as const];
    });
    const mean = (at: 0 | 1): number | null =>
      pairs.length === 0 ? null : pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
    const values = Float64Array.from(pairs, ([before, after]) => after - before);
    const moved = meanOfCells({ users: values.length, worlds: 1, values });
    return { principle, direction, moved: amountOf(moved), plain: mean(0), told: mean(1), n: pairs.length };
  });
}

/** A user and a column or style in one number, for a map. */
const placeOf = (user: number, column: number): number => user * 4096 + column;

/**
 * Scores that were paid for anyhow: the plain answers' on the principles that some world weighs for the user, and styled
 * answers' on their own principle, from the ratings of the users' candidates where there are any, else from the cells.
 */
function scoresOf(
  { users, worlds }: Explained,
  pool: Pool,
): [plain: Map<number, number>, told: Map<number, number>] {
  const [plain, told] = [new Map<number, number>(), new Map<number, number>()];
  for (const { targets, baseline, cells, styles } of worlds) {
    for (let u = 0; u < users.test.length; u++) {
      for (const [t, { principle }] of (targets[u] ?? []).entries()) {
        const score = baseline[u]?.scores[t] ?? null;
        if (score !== null) plain.set(placeOf(u, principle), score);
        for (const cell of CELLS) {
          const style = styles[cell][u] as number;
          const own = cells[cell][u]?.scores[t] ?? null;
          if (Math.floor(style / 2) === principle && own !== null) told.set(placeOf(u, style), own);
        }
      }
    }
  }
  for (const [u, { ratings }] of users.test.entries()) {
    for (let style = 0; style < Math.min(ratings.rows, 2 * pool.principles.length); style++) {
      const score = ratingAt(ratings, style, Math.floor(style / 2));
      if (score !== null) told.set(placeOf(u, style), score);
    }
  }
  return [plain, told];
}
