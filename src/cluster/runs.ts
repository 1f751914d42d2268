import type { Database } from "./database.ts";
import { SCHEMA } from "./schema-name.ts";

/** What workers must know of a run. */
export interface SharedRun {
  readonly id: string;
  /** Of the coordinator: another version might ask otherwise. */
  readonly version: string;
  /** A fingerprint of all prompts. */
  readonly prompts: string;
  readonly config: unknown;
  /** Why nothing is to be done for it just now. */
  readonly stopped?: string;
}

/** A worker that is there, or was a few seconds ago. */
export interface SeenWorker {
  readonly id: string;
  readonly name: string;
  readonly run: string | null;
  readonly job: string | null;
  readonly calls: number;
  /** Calls a second, lately. */
  readonly rate: number;
  /** Calls that are not in the log yet. */
  readonly waiting: number;
}

/** Runs without a coordinator for so long are left alone. */
const COORDINATED_SECONDS = 15;
/** Workers that were not heard of for so long count as gone. */
const ALIVE_SECONDS = 12;

/** Begins a run, or goes on with it; its coordinator calls it again every few seconds. */
export async function announceRun(db: Database, run: SharedRun): Promise<void> {
  await db.query(
    `INSERT INTO ${SCHEMA}.runs (id, version, prompts, config) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET config = excluded.config, stopped = NULL, seen = now()`,
    [run.id, run.version, run.prompts, JSON.stringify(run.config)],
  );
}

export async function keepRun(db: Database, id: string): Promise<{ stopped: string | null }> {
  const [row] = await db.query<{ stopped: string | null }>(
    `UPDATE ${SCHEMA}.runs SET seen = now() WHERE id = $1 RETURNING stopped`,
    [id],
  );
  return row ?? { stopped: null };
}

/** Has everybody stop working on a run, and its coordinator say why. */
export async function stopRun(db: Database, id: string, why: string): Promise<void> {
  await db.query(`UPDATE ${SCHEMA}.runs SET stopped = $2 WHERE id = $1`, [id, why]);
}

/** Runs that somebody coordinates and nobody has stopped, the oldest first. */
export function openRuns(db: Database): Promise<SharedRun[]> {
  return db.query<SharedRun>(
    `SELECT id, version, prompts, config FROM ${SCHEMA}.runs
     WHERE stopped IS NULL AND seen > now() - interval '${COORDINATED_SECONDS} seconds' ORDER BY id`,
  );
}

/** Tells that a worker is alive, and what it does. */
export async function tellWorker(db: Database, version: string, worker: SeenWorker): Promise<void> {
  const { id, name, run, job, calls, rate, waiting } = worker;
  await db.query(
    `INSERT INTO ${SCHEMA}.workers (id, name, version, run, job, calls, rate, waiting) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (id) DO UPDATE SET run = $4, job = $5, calls = $6, rate = $7, waiting = $8, seen = now()`,
    [id, name, version, run, job, calls, rate, waiting],
  );
}

export async function forgetWorker(db: Database, id: string): Promise<void> {
  await db.query(`DELETE FROM ${SCHEMA}.workers WHERE id = $1`, [id]);
}

/** Workers that are alive. */
export function workersAlive(db: Database): Promise<SeenWorker[]> {
  return db.query<SeenWorker>(
    `SELECT id, name, run, job, calls::float8 AS calls, rate, waiting FROM ${SCHEMA}.workers
     WHERE seen > now() - interval '${ALIVE_SECONDS} seconds' ORDER BY name, id`,
  );
}
