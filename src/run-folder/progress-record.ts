import type { JobsState } from "../core/events.ts";
import type { Simulated } from "../core/simulated.ts";
import type { LiveTotals } from "../core/watch.ts";

/** What `progress.json` holds while a run goes on, and after it ended. */
export interface ProgressRecord extends Partial<Simulated> {
  readonly state: "running" | "finished" | "failed";
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly stages: readonly { readonly stage: string; readonly done: number; readonly total: number }[];
  readonly totals: LiveTotals;
  /** The latest notes, oldest first. */
  readonly notes: readonly string[];
  /** The server that the run waits for just now. */
  readonly waiting?: {
    readonly server: string;
    readonly why: string;
    readonly tries: number;
    readonly seconds: number;
  };
  /** Of a run that several machines share. */
  readonly jobs?: JobsState;
}
