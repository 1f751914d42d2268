import { ApmError } from "../../core/errors.ts";
import { type ThreadLane, threadLane } from "../../neural/thread-lane.ts";
import type { FitOrder } from "../../pipeline/fit-order.ts";
import type { MadeArtifact } from "./fit-job.ts";
import type { UsersDone, UsersJob } from "./users-job.ts";

/** What a thread of a crew is told to do. Fits of one `run` share what depends on their texts. */
export type CrewJob = { readonly users: UsersJob } | { readonly fit: FitOrder; readonly run: number };

/** What it answers: `null` when the job failed, and is to be done where an error can be told. */
export type CrewReply = UsersDone | readonly MadeArtifact[] | null;

export type CrewLane = ThreadLane<CrewJob, CrewReply>;

/** The threads of a process that crews work in. */
export interface CrewThreads {
  readonly lanes: readonly CrewLane[];
  /** Nothing is to be begun any more. */
  readonly isClosed: () => boolean;
  close(): Promise<void>;
}

/** A thread holds little at a time; without limits it would let garbage lie until there is a lot. */
const LIMITS = { maxYoungGenerationSizeMb: 32 };

/** Threads that are started when there is work for them. */
export function crewThreads(count: number): CrewThreads {
  // Sources and compiled files lie side by side with their own kind.
  const file = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);
  const lanes = Array.from(
    { length: count },
    (): CrewLane => threadLane(file, { resourceLimits: LIMITS }, "it ended before its work was done"),
  );
  let isClosed = false;
  return {
    lanes,
    isClosed: () => isClosed,
    async close() {
      isClosed = true;
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** @throws ApmError always: the thread is gone, and with it what it was at work on */
export function brokenThread(cause: Error): never {
  throw new ApmError(`a thread of the run broke down: ${cause.message}`, {
    where: "threads",
    remedy:
      "run the same command again: what was made is stored; with threads: 1 in the configuration everything is computed in one",
    cause,
  });
}
