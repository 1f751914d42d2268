import type { Database } from "./database.ts";
import { isAbsent } from "./presence.ts";
import { BOSS_SCHEMA } from "./schema-name.ts";

/** A job whose worker is silent for so long is handed out again; pg-boss knows no less. */
export const HEARTBEAT_SECONDS = 10;
/** How often a worker is heard: twice in that time. */
export const BEAT_MS = 4_500;
/** A worker that is no longer connected is given up once it has missed one beat. */
const ABSENT_SECONDS = 5.5;
/** How often silent workers are looked for; pg-boss lets a look pass that comes within a second of another's. */
const WATCH_MS = 1_100;
/** When the database was away itself, all workers were absent and silent to it: within this they are connected, ... */
const PRESENT_MS = 3_000;
/** ... and within this they are heard again. */
const HEARD_MS = BEAT_MS + 2_500;

type Boss = import("pg-boss").PgBoss;

/**
 * Looks for jobs whose workers are gone, and gives them back to the queue: at once where the worker is known to have lost its
 * connection, else after a longer silence.
 * @returns how to end it
 */
export function watchLost(boss: Boss, db: Database): () => void {
  let isBusy = false;
  const look = async (): Promise<void> => {
    const backMs = db.sinceBackMs();
    if (backMs >= PRESENT_MS) await giveBackAbsent(boss, db);
    if (backMs >= HEARD_MS) await boss.supervise();
  };
  const timer = setInterval(async () => {
    if (isBusy) return;
    isBusy = true;
    await look().catch(() => {});
    isBusy = false;
  }, WATCH_MS);
  return () => clearInterval(timer);
}

/** Jobs in hand of workers who are neither connected nor heard; whoever is only one of the two goes on with its jobs. */
async function giveBackAbsent(boss: Boss, db: Database): Promise<void> {
  const lost = await db.query<{ name: string; id: string; retryCount: number }>(
    `SELECT name, id, retry_count AS "retryCount" FROM ${BOSS_SCHEMA}.job
     WHERE state = 'active' AND heartbeat_on < now() - interval '${ABSENT_SECONDS} seconds'
       AND ${isAbsent("(data->>'presence')::bigint")} AND data ? 'presence'`,
  );
  for (const { name, ...job } of lost) await boss.fail(name, job, { reason: LOST_WORKER });
}

/** Why such a job is tried again. */
export const LOST_WORKER = "its worker was lost";
