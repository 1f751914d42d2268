import { callLog } from "../../cluster/call-log.ts";
import { type Database, openDatabase } from "../../cluster/database.ts";
import { openJobs } from "../../cluster/jobs.ts";
import { newPresence } from "../../cluster/presence.ts";
import { logName, prepareSchema } from "../../cluster/schema.ts";
import { type SharedStore, sharedStore } from "../../cluster/shared-store.ts";
import { canonicalJson, fingerprint } from "../../core/hash.ts";
import type { JobQueue } from "../../core/ports/job-queue.ts";
import type { Store } from "../../core/ports/store.ts";
import { promptFingerprints } from "../../core/prompt/prompts.ts";
import { systemClock } from "../../providers/decorators/system-clock.ts";

/** Where several machines meet. */
export interface Cluster {
  readonly db: Database;
  readonly queue: JobQueue;
  /** By which it is seen that this process is there, once it keeps it: workers do. */
  readonly presence: number;
  /** Which log it is. */
  readonly log: string;
  /** Puts the log behind a local store. @param strict see `SharingOptions` */
  share(local: Store, strict: boolean): Promise<SharedStore>;
  close(): Promise<void>;
}

/** Checkpoints of a training under way: large, often, and of use to the process that trains. */
const LOCAL_ARTIFACTS = new Set(["adapter-training"]);

/**
 * @param where the flag that the address came from
 * @param watches for a coordinator, which takes no jobs and looks for those of lost workers
 * @param stop once it is aborted, a server that is away is waited for no longer than some seconds
 * @throws UsageError for an address that is wrong or does not answer, or packages that are missing
 */
export async function openCluster(
  url: string,
  where: string,
  watches: boolean,
  notice: (words: string) => void,
  stop?: AbortSignal,
): Promise<Cluster> {
  const db = await openDatabase(url, { clock: systemClock, where, notice, ...(stop && { stop }) });
  try {
    await prepareSchema(db);
    const presence = await newPresence(db);
    const queue = await openJobs(db, where, watches ? { watches } : { presence });
    return {
      db,
      queue,
      presence,
      log: await logName(db),
      share: async (local, strict) =>
        sharedStore(local, await callLog(db), { clock: systemClock, strict, local: LOCAL_ARTIFACTS }),
      async close() {
        await queue.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** One fingerprint of all prompts. */
export const promptsPrint = (): string => fingerprint(canonicalJson(promptFingerprints()));
