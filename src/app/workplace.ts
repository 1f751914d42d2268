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
 * Locks a directory (made when missing) and opens its store.
 * @throws UsageError when another process holds it; ApmError for a store that cannot be used
 */
export function openWorkplace({ cwd }: System, dir: string, { calls, usd }: Config["budget"]): Workplace {
  const path = resolve(cwd, dir);
  const lock = lockDirectory(path);
  let store: Store;
  try {
    store = openSqliteStore(join(path, RUN_FILES.store));
  } catch (error) {
    lock.release();
    throw error;
  }
  return {
    store,
    budget: calls === undefined && usd === undefined ? undefined : callBudget({ calls, usd }),
    close() {
      try {
        store.close();
      } finally {
        lock.release();
      }
    },
  };
}
