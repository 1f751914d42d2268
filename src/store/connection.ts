import { statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type ArtifactsTable, artifactsTable } from "./artifacts-table.ts";
import { type CallsTable, callsTable } from "./calls-table.ts";
import { type LedgerTable, ledgerTable } from "./ledger-table.ts";
import { salvageStore } from "./salvage.ts";
import { migrate } from "./schema.ts";
import { isDamagedFile, storeError } from "./store-errors.ts";

/**
 * WAL with `synchronous = NORMAL`: a committed row is in the operating system's hands, so it survives the death of
 * the process at any instant (kill -9 too), and a power failure can at worst undo the newest rows, never damage the
 * file. WAL also lets other processes read while a run writes.
 */
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 10000;
  PRAGMA cache_size = -16384;
  PRAGMA wal_autocheckpoint = 4096;
  PRAGMA journal_size_limit = 0;
`;

/** An open store file with its tables. */
export interface Connection {
  readonly db: DatabaseSync;
  readonly table: CallsTable;
  readonly artifactsTable: ArtifactsTable;
  readonly ledger: LedgerTable;
  readonly beginRead: StatementSync;
  readonly beginWrite: StatementSync;
  readonly commit: StatementSync;
  readonly identity: string;
}

/**
 * Opens the store at `path`; of a file that SQLite cannot read, what is whole is put into a new one first.
 * @param note told what was saved
 * @throws ApmError
 */
export function connectOrSalvage(path: string, note: (message: string) => void): Connection {
  try {
    return connect(path);
  } catch (error) {
    if (!isDamagedFile(error)) throw storeError(error, path);
    return salvageAndConnect(path, note, error);
  }
}

/**
 * The same of a file that is known to be damaged, and that nobody has open.
 * @param cause what was wrong, thrown when nothing can be saved
 */
export function salvageAndConnect(path: string, note: (message: string) => void, cause: unknown): Connection {
  try {
    const saved = salvageStore(path);
    if (saved === undefined) throw cause;
    note(
      `the store was damaged: ${saved.calls} calls and ${saved.artifacts} artifacts in it were whole and are kept, ` +
        `what was not is asked for again; the damaged file is now ${saved.aside}`,
    );
    return connect(path);
  } catch (error) {
    throw storeError(error, path);
  }
}

function connect(path: string): Connection {
  const db = new DatabaseSync(path);
  try {
    db.exec(SETTINGS);
    migrate(db, path);
    const table = callsTable(db);
    table.catchUp();
    const [beginRead, beginWrite, commit] = ["BEGIN", "BEGIN IMMEDIATE", "COMMIT"].map((sql) =>
      db.prepare(sql),
    ) as [StatementSync, StatementSync, StatementSync];
    return {
      db,
      table,
      artifactsTable: artifactsTable(db),
      ledger: ledgerTable(db),
      beginRead,
      beginWrite,
      commit,
      identity: identityOf(path),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Tells a file from another that takes its name; empty when there is none. */
export function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return ino === undefined ? "" : `${dev} ${ino}`;
}
