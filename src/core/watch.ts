import type { Observer } from "./events.ts";

/** The sums of a run so far, which a progress line shows beside its stage. */
export interface LiveTotals {
  readonly calls: number;
  readonly cacheHits: number;
  readonly tokens: number;
  readonly costUsd: number;
}

/** One that watches a run: told of every event, and of its end, whether that was good or bad. */
export interface Watch {
  readonly observe: Observer;
  end(): void;
}

/** Begins to watch a run, whose sums can be asked for at any time. The console reporter is one; a library's user may be another. */
export type Watcher = (totals: () => LiveTotals) => Watch;
