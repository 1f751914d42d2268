import { DatabaseSync } from "node:sqlite";
import type { Spending, StoredCall } from "../core/ports/store.ts";
import { artifactsTable } from "./artifacts-table.ts";
import { callsTable } from "./calls-table.ts";
import { ledgerTable } from "./ledger-table.ts";
import { CHECKED_VERSION, checkedVersion } from "./schema.ts";
import { storeError } from "./store-errors.ts";

/** The calls of a store, for reading alone: also while a run writes to it. */
export interface StoredCalls {
  getCall(key: Uint8Array): StoredCall | undefined;
  /** Of a store of an older version none. */
  getArtifact(kind: string, key: Uint8Array): Uint8Array | undefined;
  /** What was spent in its directory, or is held for calls in flight; `undefined` for a store of an older version. */
  spent(): Spending | undefined;
  close(): void;
}

/**
 * Opens the store at `path` without the right to write; one of an older version is read as it is.
 * @throws ApmError when there is none, or it is damaged, foreign or of another version
 */
export function openStoredCalls(path: string): StoredCalls {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
    const open = db;
    const isChecked = checkedVersion(db, path) >= CHECKED_VERSION;
    const table = callsTable(open, isChecked);
    const artifacts = isChecked ? artifactsTable(open) : undefined;
    return {
      getCall(key) {
        table.catchUp();
        return table.get(key);
      },
      getArtifact: (kind, key) => artifacts?.get(kind, key),
      spent: () => (isChecked ? ledgerTable(open).spent() : undefined),
      close: () => open.close(),
    };
  } catch (error) {
    db?.close();
    throw storeError(error, path);
  }
}
