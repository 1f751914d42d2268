import { join } from "node:path";
import { shownAddress } from "../../cluster/address.ts";
import { LEASE_SECONDS, leasesOf, setBudget } from "../../cluster/leases.ts";
import { announceRun, keepRun, workersAlive } from "../../cluster/runs.ts";
import type { SharedStore } from "../../cluster/shared-store.ts";
import { trafficLeasesOf } from "../../cluster/traffic-leases.ts";
import type { Config } from "../../core/config/resolved.ts";
import { ApmError, StoppedError } from "../../core/errors.ts";
import type { JobsState, Observer } from "../../core/events.ts";
import type { FailedJob, NewJob } from "../../core/ports/job-queue.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import { VERSION } from "../../core/version.ts";
import type { LiveTotals, Watcher } from "../../core/watch.ts";
import type { Budget } from "../../providers/decorators/budget.ts";
import { type LeasedBudget, leasedBudget } from "../../providers/decorators/leased.ts";
import { systemClock } from "../../providers/decorators/system-clock.ts";
import { progressFile } from "../../run-folder/progress-file.ts";
import { RUN_FILES, writeConfig } from "../../run-folder/run-directory.ts";
import { beginRun, readyRun } from "../compose.ts";
import { executeRun, resumable } from "../execute-run.ts";
import { runStamp } from "../run-stamp.ts";
import { openWorkplace, type Workplace } from "../workplace.ts";
import { type Cluster, openCluster, promptsPrint } from "./open-cluster.ts";
import { doPhases } from "./phases.ts";
import { travellingConfig } from "./travelling-config.ts";

const WHERE = "--queue";
const LOOK_MS = 1_000;
/** A coordinator without a worker says so after this. */
const ALONE_MS = 10_000;
const SHOWN_FAILURES = 5;

/**
 * Has workers make all calls of a run, and then carries it out itself: what is in the log is not asked again, and what is
 * missing there is paid for here. Killed, the same command goes on; started twice, both end with the same results.
 * @param url of the database; its password is shown nowhere
 * @throws UsageError for a run that cannot be shared; ApmError when jobs were given up; StoppedError at the budget's end
 */
export async function coordinate(
  system: System,
  config: Config,
  url: string,
  watcher: Watcher,
): Promise<{ results: Results; storedCalls: number }> {
  const travelling = travellingConfig(config);
  const cluster = await openCluster(url, WHERE, true, (words) => system.stderr(`${words}\n`));
  try {
    const ready = await readyRun(system, config, { leases: trafficLeasesOf(cluster.db) });
    const place = openWorkplace(system, config.out, {});
    let store: SharedStore | undefined;
    try {
      store = await cluster.share(place.store, true);
      const id = runStamp(ready);
      const budget = await sharedBudget(cluster, config, id, place);
      const run = { ...beginRun(ready, { ...place, store, budget }), close: async () => place.store.flush() };
      const setup = { ...run.setup, observe: () => {}, sink: { user: () => {}, sample: () => {} } };
      await announceRun(cluster.db, { id, version: VERSION, prompts: promptsPrint(), config: travelling });
      writeConfig(system, config.out, config);
      const watch = watching(system, config, watcher, store);
      try {
        await doPhases(id, setup, (name, jobs) =>
          phaseDone(system, cluster, store as SharedStore, { id, url, name, jobs }, watch.observe),
        );
        await store.pull();
        watch.end("finished");
      } catch (error) {
        watch.end("failed");
        throw error instanceof StoppedError ? resumable(error, config.out) : error;
      }
      const finished = await executeRun(system, run, watcher);
      if ("rest" in budget) await budget.rest();
      return finished;
    } finally {
      try {
        await store?.leave();
      } finally {
        await ready.providers.close();
        place.close();
      }
    }
  } finally {
    await cluster.close();
  }
}

/** The run's budget over all machines, this one among them; its own where there is no limit. */
async function sharedBudget(
  { db }: Cluster,
  { budget }: Config,
  run: string,
  place: Workplace,
): Promise<Budget | LeasedBudget> {
  if (budget.calls === undefined && budget.usd === undefined) return place.budget;
  await setBudget(db, run, budget);
  const nothing = { taken: () => {}, ended: () => {} };
  return leasedBudget(place.budget, leasesOf(db, run), systemClock, LEASE_SECONDS * 1000, nothing);
}

/** Shows how far the jobs are, on the console and in the run directory. */
function watching(
  system: System,
  { out }: Config,
  watcher: Watcher,
  { traffic }: SharedStore,
): { observe: Observer; end(state: "finished" | "failed"): void } {
  const totals = (): LiveTotals => ({ calls: traffic.pulled, cacheHits: 0, tokens: 0, costUsd: 0 });
  const shown = watcher(totals);
  const file = progressFile(system, join(out, RUN_FILES.progress), totals, () => {});
  return {
    observe(event) {
      shown.observe(event);
      file.observe(event);
    },
    end(state) {
      shown.end();
      if (state === "failed") file.end(state); // a finished one goes on as the run itself
    },
  };
}

interface PhaseOrder {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly jobs: readonly NewJob[];
}

/** Adds the jobs of a phase and waits for all of them. @returns their outcomes, by the jobs' ids */
async function phaseDone(
  system: System,
  { db, queue }: Cluster,
  store: SharedStore,
  { id, url, name, jobs }: PhaseOrder,
  observe: Observer,
): Promise<ReadonlyMap<string, unknown>> {
  const stage = `jobs: ${name}`;
  observe({ type: "stage", stage, total: jobs.length, unit: "jobs" });
  await queue.add(id, jobs);
  const again = await queue.retryFailed(id);
  if (again > 0) observe({ type: "note", message: `${again} jobs that were given up are tried again` });
  const wanted = new Set(jobs.map((job) => job.id));
  const startedAt = performance.now();
  let [done, before] = [0, 0];
  let isTold = false;
  let aloneSince: number | undefined = startedAt;
  for (let round = 0; ; round++) {
    if (system.stopSignal.aborted) throw system.stopSignal.reason;
    const { stopped } = await keepRun(db, id);
    if (stopped !== null) throw new StoppedError(stopped, { where: "a worker" });
    await store.pull();
    const [counts, workers, outcomes] = [
      await queue.counts(id),
      await workersAlive(db),
      await queue.outcomes(id),
    ];
    const failures = counts.failed > 0 ? await queue.failures(id) : [];
    const now = [...wanted].filter((job) => outcomes.has(job)).length;
    if (round === 0) before = now;
    if (now > done) observe({ type: "progress", stage, done: now - done, total: jobs.length });
    done = now;
    const rate = (done - before) / Math.max(1, performance.now() - startedAt);
    const state: JobsState = {
      phase: name,
      ...counts,
      workers: workers.length,
      callsPerSecond: workers.reduce((sum, worker) => sum + worker.rate, 0),
      secondsLeft: rate > 0 ? (jobs.length - done) / rate / 1000 : null,
      failures: failures
        .slice(0, SHOWN_FAILURES)
        .map(({ name: job, reason, tries }) => ({ name: job, reason, tries })),
    };
    observe({ type: "jobs", ...state });
    if (done === wanted.size) return outcomes;
    if (counts.waiting + counts.active === 0 && failures.length > 0) throw givenUp(failures);
    aloneSince = workers.length > 0 ? undefined : (aloneSince ?? performance.now());
    if (aloneSince !== undefined && !isTold && performance.now() - aloneSince > ALONE_MS) {
      isTold = true;
      const message = `no worker is there: start some with \`apm-bench work ${shownAddress(url)}\``;
      observe({ type: "note", message });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function givenUp(failures: readonly FailedJob[]): ApmError {
  const some = failures
    .slice(0, SHOWN_FAILURES)
    .map(({ name, reason, tries }) => `${name} (${tries} tries): ${reason}`);
  const more = failures.length > some.length ? `; and ${failures.length - some.length} more` : "";
  return new ApmError(`${failures.length} jobs were given up: ${some.join("; ")}${more}`, {
    where: WHERE,
    remedy: "mend the cause and run the same command again: what was given up is then tried again",
  });
}
