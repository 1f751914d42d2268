import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { contentKey } from "../core/hash.ts";
import type { StoredCall } from "../core/ports/store.ts";
import { toRow } from "./codec.ts";
import { mergeStores } from "./merge.ts";
import { openSqliteStore } from "./sqlite.ts";
import { openStoredCalls } from "./stored-calls.ts";

const directory = temporaryFolder();

/** A store as schema 1 wrote it: no checksums, no account. */
function oldStore(name: string, calls: readonly StoredCall[]): string {
  const path = join(directory, name);
  const db = new DatabaseSync(path);
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE calls (
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
   );
   PRAGMA application_id = ${0x41504d53}; PRAGMA user_version = 1`);
  db.exec("BEGIN");
  const insert = db.prepare("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  for (const [i, call] of calls.entries()) insert.run(i + 1, contentKey(`${i}`), ...toRow(call));
  db.prepare("INSERT INTO artifacts VALUES ('vector', ?, ?)").run(contentKey("v"), Uint8Array.of(1, 2, 3));
  db.exec("COMMIT");
  db.close();
  return path;
}

const calls = Array.from(
  { length: 2500 },
  (_, i): StoredCall => ({
    text: i % 9 === 0 ? `a longer answer ${i} `.repeat(40) : `${i}`,
    finishReason: i % 2 === 0 ? "stop" : "length",
    inputTokens: i,
    outputTokens: 3,
    ...(i % 4 === 0 ? { reasoning: "so" } : {}),
  }),
);

describe("a store of before checksums", () => {
  it("keeps every call and artifact, and counts its calls as spent", () => {
    const path = oldStore("old.sqlite", calls);
    for (let round = 0; round < 2; round++) {
      const store = openSqliteStore(path);
      expect(store.countCalls()).toBe(calls.length);
      for (const [i, call] of calls.entries()) expect(store.getCall(contentKey(`${i}`))).toEqual(call);
      expect(store.getArtifact("vector", contentKey("v"))).toEqual(Uint8Array.of(1, 2, 3));
      expect(store.ledger.spent()).toEqual({ calls: calls.length, usd: 0 });
      expect(store.countDamaged()).toBe(0);
      store.close();
    }
  });

  it("can be read without being upgraded", () => {
    const path = oldStore("read.sqlite", calls.slice(0, 10));
    const reader = openStoredCalls(path);
    expect(reader.getCall(contentKey("3"))).toEqual(calls[3]);
    reader.close();
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    db.close();
  });

  it("can be merged into another, and stays as it is", () => {
    const path = oldStore("part.sqlite", calls.slice(0, 10));
    const bytes = readFileSync(path);
    const into = join(directory, "merged.sqlite");
    const [counts] = mergeStores(into, [path], () => {});
    expect(counts).toMatchObject({ calls: 10, artifacts: 1, damaged: 0, spent: { calls: 10, usd: 0 } });
    expect(readFileSync(path)).toEqual(bytes);
    const store = openSqliteStore(into);
    expect(store.getCall(contentKey("3"))).toEqual(calls[3]);
    store.close();
  });

  it("is saved from damage as far as can be told", () => {
    const path = oldStore("broken.sqlite", calls);
    const bytes = readFileSync(path);
    bytes.write("CREATE TALBE calls", bytes.indexOf("CREATE TABLE calls"));
    writeFileSync(path, bytes);
    const notes: string[] = [];
    const store = openSqliteStore(path, (note) => notes.push(note));
    expect(notes[0]).toMatch(/2500 calls and 1 artifacts/);
    for (const [i, call] of calls.entries()) expect(store.getCall(contentKey(`${i}`))).toEqual(call);
    store.close();
  });
});
