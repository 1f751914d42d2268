import type { DatabaseSync } from "node:sqlite";
import type { Sample, UserRecord } from "../core/run-record.ts";
import type { FileLine } from "./read-lines.ts";

export const INDEX_TABLES = `
  CREATE TABLE stamp (value TEXT NOT NULL);
  CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    user TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL DEFAULT '[]',
    prompt TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL DEFAULT '',
    start INTEGER,
    length INTEGER
  );
  CREATE TABLE user_attributes (
    user INTEGER NOT NULL,
    attribute TEXT NOT NULL,
    side TEXT NOT NULL,
    PRIMARY KEY (user, attribute)
  ) WITHOUT ROWID;
  CREATE TABLE methods (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE samples (
    method INTEGER NOT NULL,
    world INTEGER NOT NULL,
    user INTEGER NOT NULL,
    principle TEXT,
    direction TEXT,
    reward REAL,
    baseline REAL,
    difference REAL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (method, world, user)
  ) WITHOUT ROWID;
`;

/** How much of a user's texts can be searched, and how much of the prompt is listed. */
const SEARCHED = 4_000;
const LISTED = 160;

/**
 * Puts lines of `users.jsonl` and `samples.jsonl` into the tables, one transaction a call.
 * @returns how many lines were left out because they are damaged
 */
export function indexWriter(
  db: DatabaseSync,
): Record<"users" | "samples", (lines: readonly FileLine[]) => number> {
  const addUser = db.prepare("INSERT OR IGNORE INTO users (user) VALUES (?)");
  const userId = db.prepare("SELECT id FROM users WHERE user = ?");
  const fillUser = db.prepare(
    "UPDATE users SET attributes = ?, prompt = ?, search = ?, start = ?, length = ? WHERE id = ?",
  );
  const addAttribute = db.prepare("INSERT OR REPLACE INTO user_attributes VALUES (?, ?, ?)");
  const addMethod = db.prepare("INSERT OR IGNORE INTO methods (name) VALUES (?)");
  const methodId = db.prepare("SELECT id FROM methods WHERE name = ?");
  const addSample = db.prepare("INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

  const ids = { users: new Map<string, number>(), methods: new Map<string, number>() };
  const idOf = (kind: "users" | "methods", name: string): number => {
    const known = ids[kind].get(name);
    if (known !== undefined) return known;
    (kind === "users" ? addUser : addMethod).run(name);
    const { id } = (kind === "users" ? userId : methodId).get(name) as { id: number };
    ids[kind].set(name, id);
    return id;
  };
  const each = (lines: readonly FileLine[], take: (line: FileLine) => void): number => {
    let damaged = 0;
    db.exec("BEGIN");
    for (const line of lines) {
      try {
        take(line);
      } catch {
        damaged++;
      }
    }
    db.exec("COMMIT");
    return damaged;
  };

  return {
    users: (lines) =>
      each(lines, ({ offset, bytes }) => {
        const record = JSON.parse(bytes.toString("utf8")) as UserRecord;
        const id = idOf("users", record.user);
        const texts = [record.user, record.prompt, ...record.history].join("\n").slice(0, SEARCHED);
        const shown = {
          attributes: JSON.stringify(record.attributes),
          prompt: record.prompt.slice(0, LISTED),
        };
        fillUser.run(shown.attributes, plain(shown.prompt), plain(texts), offset, bytes.length, id);
        for (const { attribute, side } of record.attributes) addAttribute.run(id, attribute, side);
      }),
    samples: (lines) =>
      each(lines, ({ offset, bytes }) => {
        const sample = JSON.parse(bytes.toString("utf8")) as Sample;
        const main = sample.scores.reduce<Sample["scores"][number] | undefined>(
          (a, b) => (a === undefined || b.weight > a.weight ? b : a),
          undefined,
        );
        addSample.run(
          idOf("methods", sample.method),
          sample.world,
          idOf("users", sample.user),
          main?.principle ?? null,
          main?.direction ?? null,
          sample.reward,
          sample.baselineReward,
          sample.difference,
          offset,
          bytes.length,
        );
      }),
  };
}

/** SQLite's text functions end at a NUL, and half a surrogate pair is no UTF-8. */
function plain(text: string): string {
  return text.replaceAll("\u0000", "\u2400").toWellFormed();
}
