import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Direction } from "../core/rating-scale.ts";
import type { UserPage, UserRow } from "./api-types.ts";
import { prepared } from "./statements.ts";

export const SORTS = {
  worst: "delta IS NULL, delta ASC",
  best: "delta IS NULL, delta DESC",
  user: "u.user ASC",
  "reward-low": "reward IS NULL, reward ASC",
  "reward-high": "reward IS NULL, reward DESC",
} as const;
export type Sort = keyof typeof SORTS;

export interface UserQuery {
  readonly method: string;
  /** All worlds without one. */
  readonly world: number | null;
  readonly search: string;
  readonly attribute: { readonly name: string; readonly side: Direction } | null;
  readonly principle: { readonly name: string; readonly direction: Direction } | null;
  readonly sort: Sort;
  readonly offset: number;
  readonly limit: number;
}

/** One page of a run's users as one method serves them: in one world, or as means over all of them. */
export function listUsers(db: DatabaseSync, query: UserQuery): Omit<UserPage, "indexed"> {
  const { where, values } = conditions(query);
  const from = `FROM samples s JOIN users u ON u.id = s.user WHERE ${where}`;
  const { total } = prepared(db, `SELECT count(*) AS total FROM (SELECT 1 ${from} GROUP BY s.user)`).get(
    ...values,
  ) as { total: number };
  const rows = prepared(
    db,
    `SELECT u.user, u.attributes, u.prompt, count(s.difference) AS pairs,
         count(*) - count(s.difference) AS missing, avg(s.reward) AS reward, avg(s.baseline) AS baseline,
         avg(s.difference) AS delta, min(s.principle) AS principle, min(s.direction) AS direction
       ${from} GROUP BY s.user ORDER BY ${SORTS[query.sort]}, u.user ASC LIMIT ? OFFSET ?`,
  ).all(...values, query.limit, query.offset) as unknown as Row[];
  return { total, offset: query.offset, rows: rows.map((row) => shownRow(row, query.world !== null)) };
}

type Row = Omit<UserRow, "attributes" | "target"> & {
  readonly attributes: string;
  readonly principle: string | null;
  readonly direction: Direction | null;
};

function shownRow({ attributes, principle, direction, ...row }: Row, oneWorld: boolean): UserRow {
  return {
    ...row,
    attributes: JSON.parse(attributes) as UserRow["attributes"],
    target: oneWorld && principle !== null && direction !== null ? { principle, direction } : null,
  };
}

function conditions(query: UserQuery): { where: string; values: SQLInputValue[] } {
  const parts = ["s.method = (SELECT id FROM methods WHERE name = ?)"];
  const values: SQLInputValue[] = [query.method];
  if (query.world !== null) {
    parts.push("s.world = ?");
    values.push(query.world);
  }
  if (query.principle !== null) {
    parts.push("s.principle = ? AND s.direction = ?");
    values.push(query.principle.name, query.principle.direction);
  }
  if (query.attribute !== null) {
    parts.push(
      "EXISTS (SELECT 1 FROM user_attributes a WHERE a.user = s.user AND a.attribute = ? AND a.side = ?)",
    );
    values.push(query.attribute.name, query.attribute.side);
  }
  if (query.search !== "") {
    parts.push("u.search LIKE ? ESCAPE '\\'");
    values.push(`%${query.search.replace(/[\\%_]/g, "\\$&")}%`);
  }
  return { where: parts.join(" AND "), values };
}

/** Mean gain of every method over the samples that are there, for a run that is not finished. */
export function meansSoFar(db: DatabaseSync): { method: string; pairs: number; delta: number | null }[] {
  return prepared(
    db,
    `SELECT m.name AS method, count(s.difference) AS pairs, avg(s.difference) AS delta
       FROM samples s JOIN methods m ON m.id = s.method GROUP BY s.method ORDER BY m.id`,
  ).all() as never;
}
