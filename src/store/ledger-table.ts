import type { DatabaseSync } from "node:sqlite";
import type { Spending } from "../core/ports/store.ts";
import { numbersSum } from "./row-sum.ts";

/** One row: what was spent in this directory, and what is held for calls in flight. Transactions are the caller's. */
export interface LedgerTable {
  /** Spent, together with what a process that is gone has held; `undefined` when the row is damaged. */
  spent(): Spending | undefined;
  write(spent: Spending, held: Spending): void;
}

export function ledgerTable(db: DatabaseSync): LedgerTable {
  const select = db.prepare("SELECT calls, usd, held_calls, held_usd, sum FROM ledger WHERE id = 1");
  const write = db.prepare("INSERT OR REPLACE INTO ledger VALUES (1, ?, ?, ?, ?, ?)");
  select.setReturnArrays(true);
  return {
    spent() {
      const row = select.get() as unknown as [number, number, number, number, number] | undefined;
      if (row === undefined || !isLedgerRow(row)) return undefined;
      return { calls: row[0] + row[2], usd: row[1] + row[3] };
    },
    write(spent, held) {
      write.run(...ledgerRow(spent, held));
    },
  };
}

/** The columns of the row after its id. */
function ledgerRow(spent: Spending, held: Spending): [number, number, number, number, number] {
  const numbers = [spent.calls, spent.usd, held.calls, held.usd] as const;
  return [...numbers, numbersSum(numbers)];
}

export function isLedgerRow(row: readonly unknown[]): boolean {
  return row.every((x) => typeof x === "number") && numbersSum(row.slice(0, 4) as number[]) === row[4];
}
