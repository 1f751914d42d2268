import { randomUUID } from "node:crypto";
import type { Leases } from "../core/ports/leases.ts";
import type { Spending } from "../core/ports/store.ts";
import type { Database } from "./database.ts";
import { SCHEMA } from "./schema-name.ts";

/** One lease at most. */
const MOST: Spending = { calls: 1_000, usd: 1 };
/** A lease ends after this by the database's clock. */
export const LEASE_SECONDS = 60;

/** What stands for "no limit": larger than any budget, and exact in sums with it. */
const UNLIMITED = 1e12;

/**
 * Sets, or raises, the budget of a run over all machines.
 * @param most over all that was ever spent on the run; with `more` on top of it
 */
export async function setBudget(
  db: Database,
  run: string,
  most: {
    readonly calls?: number | undefined;
    readonly usd?: number | undefined;
    readonly more?: boolean | undefined;
  },
): Promise<void> {
  await db.query(
    `INSERT INTO ${SCHEMA}.budgets (run, most_calls, most_usd) VALUES ($1, $2, $3)
     ON CONFLICT (run) DO UPDATE SET
       most_calls = $2 + CASE WHEN $4 THEN budgets.taken_calls ELSE 0 END,
       most_usd = $3 + CASE WHEN $4 THEN budgets.taken_usd ELSE 0 END`,
    [run, most.calls ?? UNLIMITED, most.usd ?? UNLIMITED, most.more ?? false],
  );
}

/** Whether all machines together may spend only so much on a run. */
export async function hasBudget(db: Database, run: string): Promise<boolean> {
  return (await db.query(`SELECT FROM ${SCHEMA}.budgets WHERE run = $1`, [run])).length > 0;
}

/**
 * Leases of a run's budget. The row of the budget counts what was ever leased and not given back, so one UPDATE decides.
 * Statements may be sent twice: a lease that is there already is found by its id.
 */
export function leasesOf(db: Database, run: string): Leases {
  const found = async (id: string) => {
    const [lease] = await db.query<Spending>(`SELECT calls, usd FROM ${SCHEMA}.leases WHERE id = $1`, [id]);
    return lease && { id, most: lease };
  };
  return {
    async take(leastUsd) {
      const id = randomUUID();
      await db.query(
        `WITH rest AS (
           SELECT most_calls - taken_calls AS calls, most_usd - taken_usd AS usd
           FROM ${SCHEMA}.budgets WHERE run = $1 FOR UPDATE
         ), part AS (
           UPDATE ${SCHEMA}.budgets SET
             taken_calls = taken_calls + LEAST($3::float8, rest.calls), taken_usd = taken_usd + LEAST($4::float8, rest.usd)
           FROM rest WHERE run = $1 AND rest.calls >= 1 AND rest.usd >= $5::float8
             AND NOT EXISTS (SELECT FROM ${SCHEMA}.leases WHERE id = $2::uuid)
           RETURNING LEAST($3::float8, rest.calls) AS calls, LEAST($4::float8, rest.usd) AS usd
         )
         INSERT INTO ${SCHEMA}.leases (id, run, calls, usd, ends)
         SELECT $2::uuid, $1, calls, usd, now() + interval '${LEASE_SECONDS} seconds' FROM part`,
        [run, id, MOST.calls, Math.max(MOST.usd, leastUsd), leastUsd],
      );
      return found(id);
    },
    async giveBack(id, spent) {
      await db.query(
        `WITH ended AS (
           UPDATE ${SCHEMA}.leases SET closed = true WHERE id = $1 AND NOT closed RETURNING run, calls, usd
         )
         UPDATE ${SCHEMA}.budgets SET
           taken_calls = taken_calls - GREATEST(0, ended.calls - $2), taken_usd = taken_usd - GREATEST(0, ended.usd - $3)
         FROM ended WHERE budgets.run = ended.run`,
        [id, spent.calls, spent.usd],
      );
    },
    async outstanding() {
      const [row] = await db.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${SCHEMA}.leases WHERE run = $1 AND NOT closed AND ends > now()`,
        [run],
      );
      return row?.count ?? 0;
    },
  };
}
