import { join, resolve } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import type { Store } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import { type Budget, callBudget } from "../providers/decorators/budgeted.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { lockDirectory } from "../store/lock.ts";
import { openSqliteStore } from "../store/sqlite.ts";

/** A directory that this process alone writes into, with what the runs in it share: one store, one budget. */
export interface Workplace {
  readonly store: Store;
  /** Counts from when the workplace was opened; `undefined`: no limit. */
  readonly budget: Budget | undefined;
  close(): void;
}

/**
 * Locks a directory (made when missing) and opens its store. What is wrong with the store is told on standard error.
 * @throws UsageError when another process holds it; ApmError for a store that cannot be used, or a full disk
 */
export function openWorkplace(system: System, dir: string, { calls, usd }: Config["budget"]): Workplace {
  const path = resolve(system.cwd, dir);
  const lock = lockDirectory(path);
  let store: Store;
  try {
    store = openSqliteStore(join(path, RUN_FILES.store), (note) => system.stderr(`${note}\n`));
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    store,
    budget: calls === undefined && usd === undefined ? undefined : callBudget({ calls, usd }),
    close() {
      const damaged = store.countDamaged();
      if (damaged > 0) system.stderr(`${damagedWords(damaged)}\n`);
      try {
        store.close();
      } finally {
        lock.release();
      }
    },
  };
}

function damagedWords(count: number): string {
  const what = count === 1 ? "1 stored answer was" : `${count} stored answers were`;
  return `warning: ${what} damaged (the bytes on the disk have changed) and did not count; what was needed of them was asked for again`;
}
