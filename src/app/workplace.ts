import { join, resolve } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import type { Spending, Store } from "../core/ports/store.ts";
import type { System } from "../core/ports/system.ts";
import { type Budget, type BudgetLimits, callBudget } from "../providers/decorators/budget.ts";
import { whole } from "../report/format.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import { lockDirectory } from "../store/lock.ts";
import { openSqliteStore } from "../store/sqlite.ts";

/** A directory that this process alone writes into, with what the runs in it share: one store, one budget. */
export interface Workplace {
  readonly store: Store;
  /** Counts what is spent in the directory, with or without a limit. */
  readonly budget: Budget;
  close(): void;
}

/**
 * Locks a directory (made when missing) and opens its store. What is wrong with the store is told on standard error.
 * @throws UsageError when another process holds it; ApmError for a store that cannot be used, or a full disk
 */
export function openWorkplace(system: System, dir: string, { more, ...limits }: Config["budget"]): Workplace {
  const path = resolve(system.cwd, dir);
  const lock = lockDirectory(path);
  let store: Store;
  try {
    store = openSqliteStore(join(path, RUN_FILES.store), (note) => system.stderr(`${note}\n`));
  } catch (error) {
    lock.release();
    throw error;
  }
  const budget = callBudget(limits, store, more);
  const words = spentWords(budget.spent(), limits);
  if (words !== undefined) system.stderr(`${words}\n`);
  return {
    store,
    budget,
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

/** Said where a budget is set, and something of it is spent. */
function spentWords(spent: Spending, { calls, usd }: BudgetLimits): string | undefined {
  if ((calls === undefined && usd === undefined) || spent.calls === 0) return undefined;
  const parts = [
    `${whole(spent.calls)} calls${calls === undefined ? "" : ` (budget.calls: ${whole(calls)})`}`,
    ...(usd === undefined ? [] : [`$${spent.usd.toFixed(4)} (budget.usd: ${usd})`]),
  ];
  return `spent in this run directory so far: ${parts.join(", ")}`;
}

function damagedWords(count: number): string {
  const what = count === 1 ? "1 stored answer was" : `${count} stored answers were`;
  return `warning: ${what} damaged (the bytes on the disk have changed) and did not count; what was needed of them was asked for again`;
}
