import { shownAddress } from "../../cluster/address.ts";
import { keepRun, workersAlive } from "../../cluster/runs.ts";
import type { SharedStore } from "../../cluster/shared-store.ts";
import { ApmError, StoppedError } from "../../core/errors.ts";
import type { JobsState, Observer } from "../../core/events.ts";
import type { FailedJob, NewJob } from "../../core/ports/job-queue.ts";
import type { System } from "../../core/ports/system.ts";
import type { Cluster } from "./open-cluster.ts";
import { QUEUE_FLAG } from "./shared-place.ts";

/** How often jobs are looked at; more often when the last of a phase are under way, since workers wait for the next phase. */
const LOOK_MS = 1_000;
const LAST_LOOK_MS = 250;
/** A coordinator without a worker says so after this. */
const ALONE_MS = 10_000;
const SHOWN_FAILURES = 5;

interface PhaseOrder {
  /** Of the run. */
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly jobs: readonly NewJob[];
}

/** Jobs that were given up; all others of their phase are done. */
export class GivenUpError extends ApmError {
  readonly failures: readonly FailedJob[];

  constructor(failures: readonly FailedJob[]) {
    const some = failures
      .slice(0, SHOWN_FAILURES)
      .map(({ name, reason, tries }) => `${name} (${tries} tries): ${reason}`);
    const more = failures.length > some.length ? `; and ${failures.length - some.length} more` : "";
    super(`${failures.length} jobs were given up: ${some.join("; ")}${more}`, {
      where: QUEUE_FLAG,
      remedy: "mend the cause and run the same command again: what was given up is then tried again",
    });
    this.failures = failures;
  }
}

/** Has what an earlier command gave up tried again. */
export async function tryAgain({ queue }: Cluster, id: string, observe: Observer): Promise<void> {
  const again = await queue.retryFailed(id);
  if (again > 0) observe({ type: "note", message: `${again} jobs that were given up are tried again` });
}

/**
 * Adds the jobs of a phase and waits for all of them.
 * @returns their outcomes, by the jobs' ids
 * @throws GivenUpError; StoppedError when a worker has found the budget used up
 */
export async function phaseDone(
  system: System,
  { db, queue }: Cluster,
  store: SharedStore,
  { id, url, name, jobs }: PhaseOrder,
  observe: Observer,
): Promise<ReadonlyMap<string, unknown>> {
  const stage = `jobs: ${name}`;
  observe({ type: "stage", stage, total: jobs.length, unit: "jobs" });
  await queue.add(id, jobs);
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
    const failures = (counts.failed > 0 ? await queue.failures(id) : []).filter((job) => wanted.has(job.id));
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
    if (counts.waiting + counts.active === 0 && failures.length > 0) throw new GivenUpError(failures);
    aloneSince = workers.length > 0 ? undefined : (aloneSince ?? performance.now());
    if (aloneSince !== undefined && !isTold && performance.now() - aloneSince > ALONE_MS) {
      isTold = true;
      const message = `no worker is there: start some with \`apm-bench work ${shownAddress(url)}\``;
      observe({ type: "note", message });
    }
    await new Promise((resolve) => setTimeout(resolve, counts.waiting === 0 ? LAST_LOOK_MS : LOOK_MS));
  }
}
