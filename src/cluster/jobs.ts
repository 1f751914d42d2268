import type { FailedJob, JobQueue, TakenJob } from "../core/ports/job-queue.ts";
import { type Database, missingPackages } from "./database.ts";
import { HEARTBEAT_SECONDS, LOST_WORKER, watchLost } from "./lost-jobs.ts";
import { BOSS_SCHEMA, SCHEMA } from "./schema-name.ts";

/** A job that fails so often is given up ... */
const TRIES = 10;
/** ... and so is one whose workers were lost so often, which is mostly no fault of its own: machines come and go. */
const LOSSES = 100;
/** How often pg-boss may be asked to look for silent workers, at most. */
const MONITOR_SECONDS = 1;
/** Jobs that were handed out and come back by themselves, as those of lost workers do, go before all others. */
const [USUAL, LOST] = [0, 1];
/** The longest that pg-boss allows a job. */
const LONGEST_SECONDS = 24 * 3600 - 1;
const JOBS_AT_ONCE = 500;

interface JobData {
  readonly name: string;
  readonly work: unknown;
}

type Boss = import("pg-boss").PgBoss;

export interface JobsOptions {
  /** Whether jobs of lost workers are looked for: coordinators do. */
  readonly watches?: boolean;
  /** Of a worker that keeps one: the jobs that it takes are given to others soon after it is gone. */
  readonly presence?: number | undefined;
}

/**
 * @param where of the address, for messages
 * @throws UsageError when pg-boss is not installed
 */
export async function openJobs(
  db: Database,
  where: string,
  { watches = false, presence }: JobsOptions = {},
): Promise<JobQueue> {
  const boss = await startBoss(db, where);
  const known = new Map<string, Promise<void>>();
  /** The queue of a run, made when it is missing. */
  const queueOf = async (run: string): Promise<string> => {
    const name = queueName(run);
    const made = known.get(run) ?? makeQueue(boss, name);
    known.set(run, made);
    made.catch(() => known.delete(run));
    await made;
    return name;
  };
  const failures = async (run: string): Promise<FailedJob[]> => {
    const rows = await db.query<{ id: string; data: JobData; output: unknown; tries: number }>(
      `SELECT replace(id::text, '-', '') AS id, data, output, retry_count + 1 AS tries FROM ${BOSS_SCHEMA}.job
       WHERE name = $1 AND state = 'failed' ORDER BY completed_on`,
      [await queueOf(run)],
    );
    return rows.map(({ id, data, output, tries }) => ({
      id,
      name: data.name,
      reason: reasonOf(output),
      tries,
    }));
  };
  const stopWatching = watches ? watchLost(boss, db) : () => {};
  const attemptOf = ({ id, attempt }: TakenJob) => ({ id: uuid(id), retryCount: attempt });

  return {
    async add(run, jobs) {
      const queue = await queueOf(run);
      for (let at = 0; at < jobs.length; at += JOBS_AT_ONCE) {
        await boss.insert(
          queue,
          jobs.slice(at, at + JOBS_AT_ONCE).map(({ id, name, work, group }) => ({
            id: uuid(id),
            data: { name, work } satisfies JobData,
            singletonKey: group ?? id,
          })),
        );
      }
    },
    async take(run, which = "any") {
      const queue = await queueOf(run);
      const [job] = await boss
        .fetch<JobData>(queue, { includeMetadata: true, ...(which === "lost" ? { minPriority: LOST } : {}) })
        .catch((error: unknown) => (isTaken(error) ? [] : Promise.reject(error)));
      if (job === undefined) return undefined;
      const { id, data, retryCount } = job;
      await db.query(
        `UPDATE ${BOSS_SCHEMA}.job SET priority = ${LOST}, data = (data - 'presence') || $3::jsonb WHERE name = $1 AND id = $2`,
        [queue, id, presence === undefined ? {} : { presence }],
      );
      return { run, id: id.replaceAll("-", ""), name: data.name, work: data.work, attempt: retryCount };
    },
    async touch(job) {
      await boss.touch(queueName(job.run), attemptOf(job));
    },
    async done(job, outcome) {
      return affectedBy(await boss.complete(queueName(job.run), attemptOf(job), outcome)) > 0;
    },
    async failed(job, reason) {
      const { id, retryCount } = attemptOf(job);
      const [row] = await db.query<{ count: number }>(
        `WITH one AS (INSERT INTO ${SCHEMA}.failures VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1)
         SELECT (SELECT count(*) FROM ${SCHEMA}.failures WHERE job = $1)::int + (SELECT count(*) FROM one)::int AS count`,
        [id, retryCount],
      );
      // pg-boss gives up a job that was handed out as often as its limit says.
      await db.query(
        `UPDATE ${BOSS_SCHEMA}.job SET priority = ${USUAL}, retry_limit = CASE WHEN $3 THEN retry_count ELSE retry_limit END
         WHERE name = $1 AND id = $2 AND retry_count = $4`,
        [queueName(job.run), id, (row?.count ?? 0) >= TRIES, retryCount],
      );
      await boss.fail(queueName(job.run), attemptOf(job), { reason });
    },
    async counts(run) {
      const rows = await db.query<{ state: string; count: number }>(
        `SELECT state::text, count(*)::int AS count FROM ${BOSS_SCHEMA}.job WHERE name = $1 GROUP BY state`,
        [await queueOf(run)],
      );
      const of = (...states: string[]): number =>
        rows.reduce((sum, { state, count }) => sum + (states.includes(state) ? count : 0), 0);
      return {
        waiting: of("created", "retry"),
        active: of("active"),
        done: of("completed"),
        failed: of("failed", "cancelled"),
      };
    },
    async outcomes(run) {
      const rows = await db.query<{ id: string; output: unknown }>(
        `SELECT replace(id::text, '-', '') AS id, output FROM ${BOSS_SCHEMA}.job WHERE name = $1 AND state = 'completed'`,
        [await queueOf(run)],
      );
      return new Map(rows.map(({ id, output }) => [id, output]));
    },
    failures,
    async retryFailed(run) {
      const queue = await queueOf(run);
      const failed = await failures(run);
      if (failed.length === 0) return 0;
      await boss.deleteAllJobs(`${queue}.dead`);
      const ids = failed.map(({ id }) => uuid(id));
      await db.query(`DELETE FROM ${SCHEMA}.failures WHERE job = ANY($1::uuid[])`, [ids]);
      await db.query(
        `UPDATE ${BOSS_SCHEMA}.job SET priority = ${USUAL}, retry_limit = retry_count + ${LOSSES}
         WHERE name = $1 AND id = ANY($2::uuid[])`,
        [queue, ids],
      );
      return affectedBy(await boss.retry(queue, ids));
    },
    async close() {
      stopWatching();
      await boss.stop({ graceful: false, close: false });
    },
  };
}

async function startBoss(db: Database, where: string): Promise<Boss> {
  let PgBoss: typeof import("pg-boss").PgBoss;
  try {
    ({ PgBoss } = await import("pg-boss"));
  } catch (cause) {
    throw missingPackages(cause, where) ?? cause;
  }
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: await db.query(text, values) }) },
    schema: BOSS_SCHEMA,
    supervise: false, // see `watchLost`
    monitorIntervalSeconds: MONITOR_SECONDS,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
  });
  // What its timers meet is met again by the next statement of ours, which waits or tells.
  boss.on("error", () => {});
  boss.on("warning", () => {});
  await boss.start();
  return boss;
}

async function makeQueue(boss: Boss, name: string): Promise<void> {
  const kept = { deleteAfterSeconds: 0, retentionSeconds: 365 * 24 * 3600 };
  await boss.createQueue(`${name}.dead`, kept);
  await boss.createQueue(name, {
    ...kept,
    policy: "singleton",
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: LONGEST_SECONDS,
    retryLimit: LOSSES,
    deadLetter: `${name}.dead`,
  });
}

/** How many jobs a command has changed; its declared type is empty. */
const affectedBy = (response: object): number => (response as { readonly affected: number }).affected;

const queueName = (run: string): string => `apm.${run}`;

/** 32 hexadecimal digits as PostgreSQL's uuid is written. */
const uuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Another worker was quicker with a job of the same group. */
const isTaken = (error: unknown): boolean => {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return code === "23505" || cause?.code === "23505";
};

function reasonOf(output: unknown): string {
  const { reason, message, value } = (output ?? {}) as Record<string, unknown>;
  if (typeof reason === "string") return reason;
  const words = typeof message === "string" ? message : (value as { message?: unknown } | undefined)?.message;
  if (words === "job heartbeat timeout") return LOST_WORKER;
  return typeof words === "string" ? words : "no reason was given";
}
