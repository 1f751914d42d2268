/** A piece of work as it stands in the queue. */
export interface NewJob {
  /** 32 hexadecimal digits; a job that is there already is not added again. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
  /** What is to be done, as plain data. */
  readonly work: unknown;
  /** Jobs of one group are never done at the same time. */
  readonly group?: string | undefined;
}

/** A job that this process has taken: to be done, and kept alive until it is. */
export interface TakenJob {
  readonly run: string;
  readonly id: string;
  readonly name: string;
  readonly work: unknown;
  /** Tells this taking of the job from later ones. */
  readonly attempt: number;
}

/** How the jobs of a run stand. */
export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly done: number;
  /** Given up after so many tries. */
  readonly failed: number;
}

export interface FailedJob {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly tries: number;
}

/** Jobs of several runs, handed out to workers; one whose worker is gone is handed out again. */
export interface JobQueue {
  add(run: string, jobs: readonly NewJob[]): Promise<void>;
  /** The next job of a run, if any can be done now: `lost` are those whose workers are gone, which go first in any case. */
  take(run: string, which?: "any" | "lost"): Promise<TakenJob | undefined>;
  /** Tells that a job is still being done; without it, others get it after seconds. */
  touch(job: TakenJob): Promise<void>;
  /** @param outcome small: what others must know of it. @returns false when the job was another's by now */
  done(job: TakenJob, outcome: object): Promise<boolean>;
  /** Gives a job back as failed: it is tried again some times, by whoever takes it. */
  failed(job: TakenJob, reason: string): Promise<void>;
  counts(run: string): Promise<JobCounts>;
  outcomes(run: string): Promise<ReadonlyMap<string, unknown>>;
  failures(run: string): Promise<readonly FailedJob[]>;
  /** Has what was given up tried again. */
  retryFailed(run: string): Promise<number>;
  close(): Promise<void>;
}
