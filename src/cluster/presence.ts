import type { Clock } from "../core/ports/clock.ts";
import type { Database } from "./database.ts";
import { SCHEMA } from "./schema-name.ts";

/** The class of the locks that say who is there: "APMW" in ASCII. */
const LOCK_CLASS = 0x41504d57;
/** After a connection broke, the next try. */
const REST_MS = 250;
const CONNECT_TIMEOUT_MS = 5_000;

/** A number for a worker that no other has. */
export async function newPresence(db: Database): Promise<number> {
  const [row] = await db.query<{ presence: number }>(`SELECT nextval('${SCHEMA}.writers')::int AS presence`);
  return row?.presence ?? 0;
}

/**
 * Holds the lock of a worker on a connection of its own, for as long as the process lives: whoever is killed loses it at
 * once, since the operating system closes what a process leaves open. Where a machine is gone with its network, the
 * server notices nothing for long, and the lock says nothing.
 * @param present called each time the lock is held anew, as after a restart of the server
 * @returns how to end it
 */
export async function keepPresence(
  url: string,
  presence: number,
  clock: Clock,
  present: () => void,
): Promise<() => Promise<void>> {
  const { default: pg } = await import("pg");
  let isOver = false;
  let end = async (): Promise<void> => {};

  const connect = async (): Promise<void> => {
    if (isOver) return;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: "apm-bench: a worker is there",
    });
    end = () => client.end().catch(() => {});
    let isBroken = false;
    const broken = (): void => {
      if (isBroken) return;
      isBroken = true;
      void client.end().catch(() => {});
      clock.after(REST_MS, () => void connect());
    };
    client.on("error", broken);
    client.on("end", broken);
    try {
      await client.connect();
      // Waits where the server has not noticed yet that an earlier connection broke: that one holds the lock meanwhile.
      await client.query("SELECT pg_advisory_lock($1, $2)", [LOCK_CLASS, presence]);
      present();
    } catch {
      broken();
    }
  };
  void connect();
  return async () => {
    isOver = true;
    await end();
  };
}

/** A condition of SQL: nobody holds the lock of the worker with this number. */
export const isAbsent = (presence: string): string =>
  `NOT EXISTS (
     SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = ${LOCK_CLASS} AND objsubid = 2
       AND objid::bigint = ${presence} AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   )`;
