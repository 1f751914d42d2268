import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../core/errors.ts";
import { damagedFile } from "./store-errors.ts";
import { addChecksums } from "./upgrade-checksums.ts";

/** "APMS" as a big-endian integer: marks the file as ours in SQLite's own header. */
const APPLICATION_ID = 0x41504d53;

/** One step of the schema: SQL, or what SQL cannot do. */
export type Migration = string | ((db: DatabaseSync) => void);

/**
 * Step i brings a file of schema version i to i + 1; a new file starts at 0. Steps are never edited once released,
 * only added. Calls have no index on their key: writing one at random places would take 15 times as long as appending
 * the row, and as much space again. The index is in memory (key-index.ts), filled when the file is opened. `id` counts
 * 1, 2, 3, ... without gaps.
 */
const MIGRATIONS: readonly Migration[] = [
  `CREATE TABLE calls (
     id INTEGER PRIMARY KEY,
     key BLOB NOT NULL,
     finish INTEGER NOT NULL,
     input INTEGER NOT NULL,
     output INTEGER NOT NULL,
     text NOT NULL,
     reasoning,
     logprobs
   );
   CREATE TABLE artifacts (
     kind TEXT NOT NULL,
     key BLOB NOT NULL,
     bytes BLOB NOT NULL,
     UNIQUE (kind, key)
   );`,
  addChecksums,
];

/** The version whose rows carry checksums. */
export const CHECKED_VERSION = 2;

/**
 * Brings the file to the newest schema, in one transaction, and leaves a file of that version untouched.
 * @param migrations for the test of the mechanism itself
 * @throws UsageError for a database of another program or of a newer version of this one; an error of a damaged file
 *   when what the file says of itself contradicts what it holds
 */
export function migrate(db: DatabaseSync, path: string, migrations: readonly Migration[] = MIGRATIONS): void {
  if (checkedVersion(db, path, migrations) === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have migrated between the look above and the lock.
    for (const step of migrations.slice(pragma(db, "user_version"))) apply(db, step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** The schema version of a file that is ours, or new. @throws as `migrate` */
export function checkedVersion(
  db: DatabaseSync,
  path: string,
  migrations: readonly Migration[] = MIGRATIONS,
): number {
  const version = pragma(db, "user_version");
  const owner = pragma(db, "application_id");
  const tables = tablesOf(db);
  if (tables === "" && version === 0 && owner === 0) return 0;
  const isOurs = owner === APPLICATION_ID;
  if (isOurs && version > 0 && version <= migrations.length && tables === tablesAt(migrations, version)) {
    return version;
  }
  // A number in the header has changed, or a name among the tables.
  if (tables !== "" && migrations.some((_, i) => tables === tablesAt(migrations, i + 1))) {
    throw damagedFile("its header is damaged");
  }
  if (!isOurs) {
    throw new UsageError("the file is a database of another program", {
      where: path,
      remedy: "choose another output directory, or move this file away",
    });
  }
  if (version > migrations.length) {
    throw new UsageError(
      `the store has schema ${version}, this version of apm-bench knows ${migrations.length} and older`,
      { where: path, remedy: "use the newer apm-bench that wrote it, or choose another output directory" },
    );
  }
  throw damagedFile("its list of tables is damaged");
}

function apply(db: DatabaseSync, step: Migration): void {
  if (typeof step === "string") db.exec(step);
  else step(db);
}

/** The definitions of all tables, as the file holds them. */
function tablesOf(db: DatabaseSync): string {
  const rows = db.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").all();
  return rows.map(({ sql }) => sql).join(";\n");
}

/** The same as they are in a sound file of a version. */
function tablesAt(migrations: readonly Migration[], version: number): string {
  const sound = new DatabaseSync(":memory:");
  try {
    for (const step of migrations.slice(0, version)) apply(sound, step);
    return tablesOf(sound);
  } finally {
    sound.close();
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return db.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}
