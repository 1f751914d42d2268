import type { DatabaseSync } from "node:sqlite";
import type { CallRow } from "./codec.ts";
import { ledgerTable } from "./ledger-table.ts";
import { artifactSum, callSum, checkedKey, KEY_BYTES } from "./row-sum.ts";
import { damagedFile } from "./store-errors.ts";

/** Rows that are read at once, so that no cursor stands in a table that is written. */
const CHUNK = 1000;

/**
 * The step from schema 1 to 2: every row gets a checksum, and the store an account of what was spent. A store of before
 * did not keep one, so its stored calls count as spent, and their dollars, whose prices it never knew, do not.
 */
export function addChecksums(db: DatabaseSync): void {
  db.exec(`
    ALTER TABLE calls ADD COLUMN sum INTEGER;
    ALTER TABLE artifacts ADD COLUMN sum INTEGER;
    CREATE TABLE ledger (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      calls INTEGER NOT NULL,
      usd REAL NOT NULL,
      held_calls INTEGER NOT NULL,
      held_usd REAL NOT NULL,
      sum INTEGER NOT NULL
    );`);
  const calls = sumCalls(db);
  sumArtifacts(db);
  ledgerTable(db).write({ calls, usd: 0 }, { calls: 0, usd: 0 });
}

function sumCalls(db: DatabaseSync): number {
  const select = db.prepare(
    "SELECT finish, input, output, text, reasoning, logprobs, key, id FROM calls WHERE id > ? ORDER BY id LIMIT ?",
  );
  const update = db.prepare("UPDATE calls SET key = ?, sum = ? WHERE id = ?");
  select.setReturnArrays(true);
  let last = 0;
  for (;;) {
    const rows = select.all(last, CHUNK) as unknown as [...CallRow, Uint8Array, number][];
    for (const row of rows) {
      const [key, id] = [row[6], row[7]];
      if (!(key instanceof Uint8Array && key.length === KEY_BYTES)) throw damagedFile("a key is damaged");
      update.run(checkedKey(key), callSum(key, row), id);
      last = id;
    }
    if (rows.length < CHUNK) return last;
  }
}

function sumArtifacts(db: DatabaseSync): void {
  const select = db.prepare(
    "SELECT kind, key, bytes, rowid FROM artifacts WHERE rowid > ? ORDER BY rowid LIMIT ?",
  );
  const update = db.prepare("UPDATE artifacts SET sum = ? WHERE rowid = ?");
  select.setReturnArrays(true);
  let last = 0;
  for (;;) {
    const rows = select.all(last, CHUNK) as unknown as [string, Uint8Array, Uint8Array, number][];
    for (const [kind, key, bytes, id] of rows) {
      update.run(artifactSum(kind, key, bytes), id);
      last = id;
    }
    if (rows.length < CHUNK) return;
  }
}
