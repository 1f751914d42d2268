import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Spending } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { lockDirectory } from "../store/lock.ts";
import { type MergeCounts, mergeStores } from "../store/merge.ts";

/** What a merge has done. */
export interface MergeSummary {
  /** The directory that the stores were merged into. */
  readonly into: string;
  readonly sources: readonly ({ readonly from: string } & MergeCounts)[];
  /** Of all sources together. */
  readonly total: MergeCounts;
}

/**
 * Brings the stores of run directories (or store files) into the store of another directory, which is made when missing.
 * @throws UsageError when the directory is in use, or a source is missing; ApmError as a store does
 */
export function mergeDirectories(system: System, into: string, from: readonly string[]): MergeSummary {
  const storeIn = (path: string): string => {
    const whole = resolve(system.cwd, path);
    return statSync(whole, { throwIfNoEntry: false })?.isFile() ? whole : join(whole, RUN_FILES.store);
  };
  const lock = lockDirectory(resolve(system.cwd, into));
  try {
    const counts = mergeStores(
      join(resolve(system.cwd, into), RUN_FILES.store),
      from.map(storeIn),
      (note) => system.stderr(`${note}\n`),
      system.stopSignal,
    );
    return {
      into,
      sources: counts.map((count, i) => ({ from: from[i] as string, ...count })),
      total: counts.reduce(sum, NOTHING),
    };
  } finally {
    lock.release();
  }
}

const NO_SPENDING: Spending = { calls: 0, usd: 0 };
const NOTHING: MergeCounts = {
  calls: 0,
  known: 0,
  conflicts: 0,
  artifacts: 0,
  artifactConflicts: 0,
  damaged: 0,
  spent: NO_SPENDING,
};

const sum = (a: MergeCounts, b: MergeCounts): MergeCounts => ({
  calls: a.calls + b.calls,
  known: a.known + b.known,
  conflicts: a.conflicts + b.conflicts,
  artifacts: a.artifacts + b.artifacts,
  artifactConflicts: a.artifactConflicts + b.artifactConflicts,
  damaged: a.damaged + b.damaged,
  spent: { calls: a.spent.calls + b.spent.calls, usd: a.spent.usd + b.spent.usd },
});
