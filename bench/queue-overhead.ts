import { join } from "node:path";
import { doJob } from "../src/app/cluster/do-jobs.ts";
import { openCluster } from "../src/app/cluster/open-cluster.ts";
import { jobOfRun } from "../src/app/cluster/phases.ts";
import { beginRun, readyRun } from "../src/app/compose.ts";
import { nodeSystem } from "../src/app/node-system.ts";
import { completeConfig } from "../src/app/resolve.ts";
import { openWorkplace, type Workplace } from "../src/app/workplace.ts";
import { startHeart } from "../src/cluster/heart.ts";
import { parseUserConfig } from "../src/core/config/load.ts";
import type { TakenJob } from "../src/core/ports/job-queue.ts";
import { unitDoer } from "../src/pipeline/units/do-unit.ts";
import { userPhase } from "../src/pipeline/units/plan.ts";
import type { WorkUnit } from "../src/pipeline/units/unit.ts";
import type { TestPostgres } from "../test/support/postgres.ts";

export interface OverheadOrder {
  /** Of a server. */
  readonly url: string;
  /** Calls in flight. */
  readonly concurrency: number;
  /** Of work, each time. */
  readonly units: number;
}

/** Seconds, one for each round. */
interface Times {
  readonly wall: number[];
  readonly cpu: number[];
}

/** Units in hand at once, as a worker has them. */
const LANES = 2;
const ROUNDS = 5;

/**
 * Does the same number of units of users again and again, by turns with a queue (jobs taken and given back, the log behind
 * the store, heartbeats from a thread, as a worker does) and without one, into stores of the same kind. Every round has users of
 * its own. What a worker takes to start, and PostgreSQL's own processor time, do not count.
 */
export async function queueOverhead(
  postgres: TestPostgres,
  cwd: string,
  { url, concurrency, units: count }: OverheadOrder,
): Promise<{ calls: number; plain: Times; queued: Times }> {
  const system = nodeSystem(cwd);
  const model = { provider: "openai", model: "sim", baseUrl: url, concurrency };
  const config = completeConfig(
    system,
    parseUserConfig(
      {
        pool: "k6",
        users: { train: 6 * 2 * count * (2 * ROUNDS + 2), validation: 1, test: 1 },
        models: { base: model, candidate: model, rewriter: model, judge: model },
        methods: ["none", "routing"],
        judge: { constrain: "off" },
      },
      "bench",
    ),
  );
  const address = postgres.database(`overhead${concurrency}`);
  const cluster = await openCluster(address, "bench", false, () => {});
  const ready = await readyRun(system, config);
  const places = ["plain", "queued"].map((name) =>
    openWorkplace(system, join(cwd, `${name}${concurrency}`), {}),
  );
  const [plainPlace, queuedPlace] = places as [Workplace, Workplace];
  const store = await cluster.share(queuedPlace.store, false);
  const silent = (place: Workplace) => ({
    ...beginRun(ready, place).setup,
    observe: () => {},
    sink: { user: () => {}, sample: () => {} },
  });
  const [here, there] = [unitDoer(silent(plainPlace)), unitDoer(silent({ ...queuedPlace, store }))];
  const failed = { train: 0, validation: 0, test: 0 };
  const units = userPhase(silent(plainPlace), failed).units;
  const hand = new Map<string, TakenJob>();
  const seen = {
    id: crypto.randomUUID(),
    name: "bench",
    run: null,
    job: null,
    calls: 0,
    rate: 0,
    waiting: 0,
  };
  const heart = startHeart({
    ...{ url: address, where: "bench", version: "bench", presence: cluster.presence },
    ...{ jobs: [], worker: seen },
  });

  const plainly = async (some: typeof units): Promise<void> => {
    const left = [...some];
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) await here(next.unit);
      }),
    );
  };
  const queued = async (some: typeof units): Promise<void> => {
    await cluster.queue.add("bench", some.map(jobOfRun("bench")));
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (;;) {
          const job = await cluster.queue.take("bench");
          if (job === undefined) return;
          hand.set(job.id, job);
          heart.tell({ jobs: [...hand.values()], worker: seen });
          const outcome = await doJob(job, store, false, (work) => there(work as WorkUnit));
          await cluster.queue.done(job, outcome);
          hand.delete(job.id);
        }
      }),
    );
  };
  const measured = async (times: Times | undefined, task: () => Promise<void>): Promise<void> => {
    const before = { wall: performance.now(), cpu: process.cpuUsage() };
    await task();
    const { user, system: kernel } = process.cpuUsage(before.cpu);
    times?.cpu.push((user + kernel) / 1e6);
    times?.wall.push((performance.now() - before.wall) / 1000);
  };
  const times = { plain: { wall: [], cpu: [] } as Times, queued: { wall: [], cpu: [] } as Times };
  try {
    let calls = 0;
    // The first round warms up and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const part = (which: number) =>
        units.slice((2 * round + which) * count, (2 * round + which + 1) * count);
      const isWarm = round > 0;
      const before = plainPlace.store.countCalls();
      const turns = [
        () => measured(isWarm ? times.plain : undefined, () => plainly(part(0))),
        () => measured(isWarm ? times.queued : undefined, () => queued(part(1))),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
      calls = plainPlace.store.countCalls() - before;
    }
    return { calls, ...times };
  } finally {
    await heart.stop();
    await store.leave();
    await ready.providers.close();
    await cluster.close();
    for (const place of places) place.close();
  }
}
