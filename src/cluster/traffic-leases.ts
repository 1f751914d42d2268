import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { LEASED_MS, type TrafficLeases } from "../core/ports/traffic-leases.ts";
import type { Database } from "./database.ts";
import { SCHEMA } from "./schema-name.ts";

/** A call that begins at the end of a lease still counts in this one's time when it reaches the server. */
const ON_THE_WAY_MS = 1_000;

/**
 * What is taken and settled, as functions of the database: each is one statement to whoever calls it, and sees all that those
 * before it have done, since it holds the limit's row. Leases whose calls may have begun within a minute never exceed the
 * limit together; whichever minute one looks at, all calls of it belong to leases that counted when the last of them was
 * taken. `due` spreads them over the minute's seconds (virtual scheduling, ITU-T I.371), with a second's worth of delay made up for.
 */
export const TRAFFIC_TABLES = `
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.traffic (name text PRIMARY KEY, due timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.traffic_leases (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    units float8 NOT NULL,
    per_minute float8 NOT NULL,
    ends timestamptz NOT NULL
  );
  CREATE INDEX IF NOT EXISTS traffic_leases_order ON ${SCHEMA}.traffic_leases (name, ends);
  CREATE OR REPLACE FUNCTION ${SCHEMA}.take_traffic(
    lease uuid, which text, most_a_minute float8, fewest float8, wanted float8, OUT granted float8, OUT wait_ms float8
  ) LANGUAGE plpgsql AS $$
    DECLARE
      at timestamptz;
      due_at timestamptz;
      counted float8;
      leaves timestamptz;
    BEGIN
      INSERT INTO ${SCHEMA}.traffic (name) VALUES (which) ON CONFLICT DO NOTHING;
      SELECT due INTO due_at FROM ${SCHEMA}.traffic WHERE name = which FOR UPDATE;
      at := clock_timestamp();
      granted := 0;
      wait_ms := extract(epoch FROM due_at - at) * 1000;
      IF wait_ms > 0 THEN RETURN; END IF;
      DELETE FROM ${SCHEMA}.traffic_leases WHERE name = which AND ends < at - interval '1 minute';
      SELECT COALESCE(sum(units), 0), min(ends) INTO counted, leaves FROM ${SCHEMA}.traffic_leases WHERE name = which;
      IF counted + fewest > most_a_minute AND counted > 0 THEN
        wait_ms := extract(epoch FROM leaves + interval '1 minute' - at) * 1000;
        RETURN;
      END IF;
      granted := GREATEST(fewest, LEAST(wanted, floor(most_a_minute / 60), most_a_minute - counted));
      wait_ms := 0;
      INSERT INTO ${SCHEMA}.traffic_leases (id, name, units, per_minute, ends)
        VALUES (lease, which, granted, most_a_minute, at + interval '${LEASED_MS + ON_THE_WAY_MS} milliseconds')
        ON CONFLICT (id) DO UPDATE SET units = traffic_leases.units + excluded.units, ends = excluded.ends;
      UPDATE ${SCHEMA}.traffic
        SET due = GREATEST(due_at, at - interval '1 second') + granted * 60 / most_a_minute * interval '1 second'
        WHERE name = which;
    END
  $$;
  CREATE OR REPLACE FUNCTION ${SCHEMA}.settle_traffic(lease uuid, used float8) RETURNS void LANGUAGE sql AS $$
    WITH was AS (
      SELECT name, units, per_minute FROM ${SCHEMA}.traffic_leases WHERE id = lease
    ), one AS (
      UPDATE ${SCHEMA}.traffic SET due = due - (was.units - used) * 60 / was.per_minute * interval '1 second'
      FROM was WHERE traffic.name = was.name
    )
    UPDATE ${SCHEMA}.traffic_leases SET units = used WHERE id = lease;
  $$;
`;

/** Leases of what servers allow a minute, from a database that has the tables. */
export function trafficLeasesOf(db: Database): TrafficLeases {
  return {
    async take(limit, perMinute, least, most) {
      const id = randomUUID();
      const [row] = await db.query<{ granted: number; wait_ms: number }>(
        `SELECT granted, wait_ms FROM ${SCHEMA}.take_traffic($1, $2, $3, $4, $5)`,
        [id, ofThisMachine(limit), perMinute, least, most],
      );
      if (row === undefined) throw new Error("a function returns one row");
      return row.granted > 0 ? { id, units: row.granted } : { waitMs: row.wait_ms };
    },
    async settle(id, used) {
      await db.query(`SELECT ${SCHEMA}.settle_traffic($1, $2)`, [id, used]);
    },
  };
}

/** A server on a machine's own loopback is another one than that of the next machine. */
function ofThisMachine(limit: string): string {
  return /\/\/(localhost|127\.|\[::1\])/.test(limit) ? `${limit} on ${hostname()}` : limit;
}
