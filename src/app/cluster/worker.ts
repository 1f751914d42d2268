import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type Heart, startHeart } from "../../cluster/heart.ts";
import { hasBudget, LEASE_SECONDS, leasesOf } from "../../cluster/leases.ts";
import { openRuns, type SeenWorker, stopRun } from "../../cluster/runs.ts";
import { trafficLeasesOf } from "../../cluster/traffic-leases.ts";
import { ApmError, StoppedError } from "../../core/errors.ts";
import type { TakenJob } from "../../core/ports/job-queue.ts";
import type { System } from "../../core/ports/system.ts";
import { VERSION } from "../../core/version.ts";
import { leasedBudget } from "../../providers/decorators/leased.ts";
import { systemClock } from "../../providers/decorators/system-clock.ts";
import { keeper } from "../keeper.ts";
import { openWorkplace } from "../workplace.ts";
import { doJob, mayBeLogged } from "./do-jobs.ts";
import { joinedRuns } from "./joined-runs.ts";
import { leaseNotes } from "./lease-notes.ts";
import { openCluster } from "./open-cluster.ts";
import type { WorkerSettings } from "./travelling-config.ts";
import { sentNotes } from "./unsent.ts";
import { workerLines } from "./worker-lines.ts";
import type { WorkerPart } from "./worker-part.ts";
import type { JoinedRun } from "./worker-runs.ts";

export interface WorkOptions extends WorkerSettings {
  /** Jobs in hand at once: while one waits for its last answers, the next keeps the servers busy. */
  readonly jobs: number;
  /** Ends when there was nothing to do for so many seconds; by default it waits for ever. */
  readonly idleSeconds?: number | undefined;
}

/** How often work is looked for when there is none. */
const LOOK_MS = 500;
/** How often a worker that is busy looks for jobs of lost workers, and how many of them it takes beside its own at most. */
const LOST_LOOK_MS = 500;
const MOST_LOST = 32;
/** After so many failed jobs in a row the trouble is the worker's own. */
const MOST_FAILURES = 3;
const WHERE = "work";

/**
 * Works on the jobs of a queue until it is stopped, or there is nothing to do for long. Completed calls are in the log or, for
 * a second, in the local store.
 * @param url of the database; its password is shown nowhere
 * @throws UsageError when it cannot take part in any run; ApmError when its jobs fail one after the other
 */
export async function work(system: System, url: string, options: WorkOptions): Promise<void> {
  const lines = workerLines(system);
  const cluster = await openCluster(url, WHERE, false, lines.note, system.stopSignal);
  const place = openWorkplace(system, options.out, {});
  const store = await cluster.share(place.store, false);
  const shared = { ...place, store };
  const id = randomUUID();
  const hand = new Map<string, TakenJob>();
  const notes = leaseNotes(system, options.out, place.budget.spent);
  const back = await notes.recover((run) => leasesOf(cluster.db, run));
  if (back > 0) lines.note(`${back} calls that an earlier worker of this folder had leased are given back`);
  const sent = sentNotes(system, options.out, cluster.log, store);
  await sent.recover((calls) =>
    lines.note(`sends ${calls} calls of this folder that an earlier worker may not have sent`),
  );
  const traffic = { leases: trafficLeasesOf(cluster.db), limiters: keeper() };
  const partOf = async (run: string): Promise<WorkerPart> => {
    const leaseMs = LEASE_SECONDS * 1000;
    const budget = (await hasBudget(cluster.db, run))
      ? leasedBudget(place.budget, leasesOf(cluster.db, run), systemClock, leaseMs, notes.of(run))
      : undefined;
    return { budget, traffic };
  };
  const runs = joinedRuns(system, shared, options, lines, partOf);
  const state = (): SeenWorker => ({
    id,
    name: `${hostname()}:${process.pid}`,
    run: hand.values().next().value?.run ?? null,
    job: [...hand.values()].map(({ name }) => name).join("; ") || null,
    calls: runs.calls(),
    rate: lines.rate(),
    waiting: store.traffic.waiting,
  });
  const heart: Heart = startHeart({
    ...{ url, where: WHERE, version: VERSION, presence: cluster.presence },
    ...{ jobs: [], worker: state() },
  });
  const beat = (): void => heart.tell({ jobs: [...hand.values()], worker: state() });
  lines.watch(() => ({ ...state(), hand: [...hand.values()].map(({ name }) => name), ...store.traffic }));
  const beats = setInterval(beat, 1_000);
  let failures = 0;
  let lastWork = performance.now();
  let fatal: unknown;
  const isOver = (): boolean =>
    system.stopSignal.aborted ||
    fatal !== undefined ||
    (options.idleSeconds !== undefined && performance.now() - lastWork > options.idleSeconds * 1000);

  const next = async (
    which: "any" | "lost",
  ): Promise<{ job: TakenJob; joined: JoinedRun; pulls: boolean } | undefined> => {
    const open = await openRuns(cluster.db);
    for (const run of open) {
      const joined = await runs.joined(run);
      const job = joined && (await cluster.queue.take(run.id, which));
      if (joined && job) return { job, joined, pulls: mayBeLogged(job, open.length === 1) };
    }
    return undefined;
  };

  const perform = async (job: TakenJob, joined: JoinedRun, pulls: boolean): Promise<void> => {
    hand.set(job.id, job);
    beat();
    try {
      const outcome = await doJob(job, store, pulls, joined.work);
      await cluster.queue.done(job, outcome);
      sent.look();
      lines.done();
      failures = 0;
    } catch (error) {
      // What was answered is pushed all the same; a store that fails says so here.
      await joined.open.drain();
      await store.settled();
      const words = error instanceof Error ? error.message : String(error);
      await cluster.queue.failed(job, words);
      place.store.flush(); // fails where the disk is full: then this worker is of no use
      lines.failed(`${job.name} failed: ${words}`);
      if (error instanceof StoppedError && !system.stopSignal.aborted)
        await stopRun(cluster.db, job.run, words);
      else if (!system.stopSignal.aborted && ++failures >= MOST_FAILURES) throw error;
    } finally {
      hand.delete(job.id);
      if (hand.size === 0) await joined.rest();
      lastWork = performance.now();
    }
  };

  const lane = async (): Promise<void> => {
    while (!isOver()) {
      const found = await next("any");
      if (found === undefined) {
        if (hand.size > 0) lastWork = performance.now();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      } else await perform(found.job, found.joined, found.pulls);
    }
  };

  /** Jobs of lost workers begin at once, though all have work: what waits for them may be a whole phase. */
  const rescue = async (): Promise<void> => {
    const rescued = new Set<Promise<void>>();
    while (!isOver()) {
      const isBusy = hand.size >= options.jobs && rescued.size < MOST_LOST;
      const found = isBusy ? await next("lost") : undefined;
      if (found === undefined) {
        await new Promise((resolve) => setTimeout(resolve, LOST_LOOK_MS));
        continue;
      }
      const done = guarded(perform(found.job, found.joined, found.pulls)).then(
        () => void rescued.delete(done),
      );
      rescued.add(done);
    }
    await Promise.all(rescued);
  };
  const guarded = (task: Promise<void>): Promise<void> =>
    task.catch((error: unknown) => void (fatal ??= error));

  try {
    const lanes = Array.from({ length: options.jobs }, lane);
    await Promise.all([...lanes, rescue()].map(guarded));
    if (fatal !== undefined) throw fatal;
  } finally {
    clearInterval(beats);
    lines.end();
    await runs.close();
    try {
      if (!(fatal instanceof ApmError) || fatal instanceof StoppedError) {
        await store.leave();
        sent.end();
      }
    } finally {
      const { waiting } = store.traffic;
      if (waiting > 0)
        lines.note(
          `${waiting} calls are not in the log yet: \`--out ${options.out}\` has the next worker send them`,
        );
      await heart.stop();
      await cluster.close();
      place.close();
    }
  }
}
