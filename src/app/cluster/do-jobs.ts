import type { SharedStore } from "../../cluster/shared-store.ts";
import { ApmError } from "../../core/errors.ts";
import type { TakenJob } from "../../core/ports/job-queue.ts";
import type { UnitOutcome } from "../../pipeline/units/unit.ts";
import type { JobWork } from "./cell-work.ts";

/** Answers that give way again and again would be those of two machines that change them in turn; the log never does. */
const MOST_ROUNDS = 20;

/**
 * Whether the log may hold calls of a job: not of users whom nobody has worked at. With many workers, all that is added
 * while one job lasts is much more to read than the job itself.
 * @param alone no other run shares the log just now
 */
export const mayBeLogged = ({ work, attempt }: TakenJob, alone: boolean): boolean =>
  (work as JobWork).kind !== "users" || attempt > 0 || !alone;

/**
 * Does a job so that the log holds all of it: takes over what others have, makes the calls, pushes them, and does it again
 * from the store as long as answers of its own have given way to the log's, so that nothing stands on one that does not count.
 */
export async function doJob(
  job: TakenJob,
  store: SharedStore,
  pulls: boolean,
  work: (work: JobWork) => Promise<UnitOutcome>,
): Promise<UnitOutcome> {
  if (pulls) await store.pull();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = store.traffic.replaced;
    const outcome = await work(job.work as JobWork);
    await store.settled();
    if (store.traffic.replaced === before) return outcome;
  }
  throw new ApmError("the answers of a job give way to others again and again", {
    where: job.name,
    remedy: "see that all machines use the same apm-bench and the same models",
  });
}
