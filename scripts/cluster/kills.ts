/**
 * A run on a queue whose workers are killed (SIGKILL) at random, while PostgreSQL crashes and starts again, beside the same
 * run of one process: whether the results are the same, what was paid twice, how soon a lost job runs elsewhere.
 * `node scripts/cluster/kills.ts [kills] [workers] [train users]` starts a PostgreSQL and a server of the simulated model.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { foundIn, paidServer, pause, runFlags, type Started, start } from "../../test/support/cluster-run.ts";
import { startPostgres } from "../../test/support/postgres.ts";

const [KILLS = 60, WORKERS = 4, TRAIN = 150] = process.argv.slice(2).map(Number);
const RESTARTS = 2;
const DELAY_MS = 100;
const CONCURRENCY = 8;
/** Between two kills, at least: a worker must have begun something to be killed. */
const KILL_EVERY_MS = 2_500;

const cwd = mkdtempSync(join(tmpdir(), "apm-kills-"));
const settings = [
  "pool=k6",
  `users={"train":${TRAIN},"validation":${Math.ceil(TRAIN / 10)},"test":${Math.ceil(TRAIN / 3)}}`,
  "worlds=3",
  'methods=["none","routing","routing-oracle","rag-summary","in-context"]',
];
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

// Whoever stops this script stops what it has started.
process.once("SIGTERM", () => process.exit(1));
const server = await paidServer(DELAY_MS);
const postgres = await startPostgres();
try {
  const flags = runFlags(server.baseUrl, settings, CONCURRENCY);
  const one = start(["run", ...runFlags(server.baseUrl, settings, 64)], "one", cwd);
  if ((await one.code) !== 0) throw new Error(one.said());
  const paidAlone = server.answered();
  console.log(`one process: ${paidAlone} calls`);

  const url = postgres.database("kills");
  const coordinator = start(["run", ...flags, "--queue", url], "queue", cwd);
  let next = 0;
  const worker = (): Started => start(["work", url, "--idle", "30"], `worker-${next++}`, cwd);
  const workers = Array.from({ length: WORKERS }, worker);
  let isOver = false;
  void coordinator.code.then(() => {
    isOver = true;
  });
  const lost: { job: string; at: number; isAcross: boolean }[] = [];
  const delays: number[] = [];
  /** Of jobs that were lost while PostgreSQL was away, or just before. */
  const delaysAcross: number[] = [];
  const startedAt = performance.now();
  let kills = 0;
  let lostJobs = 0;
  let restarts = 0;
  let nextKill = startedAt + KILL_EVERY_MS;

  /** Jobs that a process has in hand, by the name that it tells; none before it has made its first calls. */
  const inHand = async (client: Client, pid: number): Promise<string[]> => {
    const { rows } = await client.query(
      "SELECT job FROM apm_bench.workers WHERE calls > 0 AND name LIKE $1",
      [`%:${pid}`],
    );
    return rows.flatMap(({ job }) => (job as string | null)?.split("; ") ?? []);
  };
  const database = async <T>(ask: (client: Client) => Promise<T>, otherwise: T): Promise<T> => {
    const client = new Client(url);
    client.on("error", () => {});
    try {
      await client.connect();
      return await ask(client);
    } catch {
      return otherwise;
    } finally {
      await client.end().catch(() => {});
    }
  };
  /** Which lost jobs run again or are done. */
  const look = async (): Promise<void> => {
    const rows = await database(async (client) => {
      const found = await client.query(
        "SELECT data->>'name' AS name, (extract(epoch FROM now() - started_on) * 1000)::float8 AS since FROM apm_jobs.job WHERE state IN ('active', 'completed') AND data->>'name' = ANY($1)",
        [lost.map(({ job }) => job)],
      );
      return found.rows as { name: string; since: number }[];
    }, []);
    for (const { name, since } of rows) {
      const at = lost.findIndex(({ job }) => job === name);
      const started = performance.now() - since;
      const found = lost[at];
      if (found === undefined || started < found.at) continue;
      (found.isAcross ? delaysAcross : delays).push(started - found.at);
      lost.splice(at, 1);
    }
  };

  while (!isOver) {
    await pause(250);
    if (lost.length > 0) await look();
    if (kills >= KILLS || performance.now() < nextKill) continue;
    const victim = Math.floor(Math.random() * workers.length);
    const { child } = workers[victim] as Started;
    const jobs = await database((client) => inHand(client, child.pid ?? 0), []);
    if (jobs.length === 0) continue;
    child.kill("SIGKILL");
    const at = performance.now();
    nextKill = at + KILL_EVERY_MS;
    lostJobs += jobs.length;
    kills++;
    for (const job of jobs)
      if (lost.every((other) => other.job !== job)) lost.push({ job, at, isAcross: false });
    workers[victim] = worker();
    if (restarts < RESTARTS && kills >= ((restarts + 1) * KILLS) / (RESTARTS + 1)) {
      restarts++;
      await postgres.crash();
      await pause(1_000);
      await postgres.start();
      for (const it of lost) it.isAcross = true;
    }
  }
  if ((await coordinator.code) !== 0) throw new Error(coordinator.said().slice(-2000));
  for (const { child } of workers) child.kill("SIGTERM");
  await Promise.all(workers.map(({ code }) => code));
  const twice = server.answered() - 2 * paidAlone;
  const again = await database(async (client) => {
    const { rows } = await client.query("SELECT sum(retry_count)::int AS count FROM apm_jobs.job");
    return rows[0]?.count as number;
  }, Number.NaN);
  const logged = await database(async (client) => {
    const { rows } = await client.query("SELECT count(*)::int AS count FROM apm_bench.calls");
    return rows[0]?.count as number;
  }, Number.NaN);
  console.log(
    `on the queue: ${kills} kills, ${restarts} crashes of PostgreSQL, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  );
  console.log(`calls in the log: ${logged}, lost: ${Math.max(0, paidAlone - logged)}`);
  console.log(
    `paid again: ${twice}, ${(twice / Math.max(1, kills)).toFixed(1)} a kill (in flight: up to ${CONCURRENCY}; not pushed: up to 200, or those of a second)`,
  );
  console.log(`jobs handed out again: ${again}, of killed workers: ${lostJobs}`);
  const told = (what: string, waits: readonly number[]): void =>
    console.log(
      `${what} after ${(median(waits) / 1000).toFixed(1)} s (median of ${waits.length}), ${(Math.max(...waits) / 1000).toFixed(1)} s at most`,
    );
  told("a lost job runs elsewhere", delays);
  if (delaysAcross.length > 0) told("where PostgreSQL crashed in between,", delaysAcross);
  const isSame = foundIn(join(cwd, "one")) === foundIn(join(cwd, "queue"));
  console.log(`results beside one process, usage aside: ${isSame ? "identical" : "DIFFERENT"}`);
  process.exitCode = isSame && logged >= paidAlone ? 0 : 1;
} finally {
  await server.close();
  await postgres.stop();
  rmSync(cwd, { recursive: true, force: true });
}
