import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/contracts/temporary-folder.ts";
import { contentKey } from "../core/hash.ts";
import type { Spending, Store, StoredCall } from "../core/ports/store.ts";
import { mergeStores } from "./merge.ts";
import { openSqliteStore } from "./sqlite.ts";

const directory = temporaryFolder();
let files = 0;
const newPath = (): string => join(directory, `${files++}.sqlite`);
const call = (text: string): StoredCall => ({ text, finishReason: "stop", inputTokens: 3, outputTokens: 1 });
const key = (name: string): Uint8Array => contentKey(name);

function filled(fill: (store: Store) => void, spent?: Spending, path = newPath()): string {
  const store = openSqliteStore(path);
  if (spent !== undefined) {
    store.ledger.follow({ sums: () => ({ spent, held: { calls: 0, usd: 0 } }), kept: () => {} });
  }
  fill(store);
  store.close();
  return path;
}
function reading<T>(path: string, read: (store: Store) => T): T {
  const store = openSqliteStore(path);
  try {
    return read(store);
  } finally {
    store.close();
  }
}
const calls =
  (from: number, to: number, text = "answer") =>
  (store: Store): void => {
    for (let i = from; i < to; i++)
      store.putCall(key(`${i}`), call(`${text} ${i} ${"long ".repeat(i % 90)}`));
  };
const merge = (into: string, ...from: string[]) => mergeStores(into, from, () => {});
const nothing = { calls: 0, known: 0, conflicts: 0, artifacts: 0, artifactConflicts: 0, damaged: 0 };

describe("merging stores", () => {
  it("brings calls, artifacts and spending of several into one that is new", () => {
    const into = newPath();
    const parts = [
      filled(
        (store) => {
          calls(0, 3000)(store);
          store.putArtifact("vector", key("a"), Uint8Array.of(1, 2));
        },
        { calls: 3000, usd: 1.5 },
      ),
      filled(
        (store) => {
          calls(2900, 4000)(store);
          store.putArtifact("vector", key("a"), Uint8Array.of(1, 2));
          store.putArtifact("model", key("a"), Uint8Array.of(3));
        },
        { calls: 1100, usd: 0.25 },
      ),
    ];
    expect(merge(into, ...parts)).toEqual([
      { ...nothing, calls: 3000, artifacts: 1, spent: { calls: 3000, usd: 1.5 } },
      { ...nothing, calls: 1000, known: 100, artifacts: 1, spent: { calls: 1100, usd: 0.25 } },
    ]);
    reading(into, (store) => {
      expect(store.countCalls()).toBe(4000);
      expect(store.getCall(key("2999"))).toEqual(call(`answer 2999 ${"long ".repeat(2999 % 90)}`));
      expect(store.getCall(key("3999"))?.text).toMatch(/^answer 3999/);
      expect(store.getArtifact("model", key("a"))).toEqual(Uint8Array.of(3));
      expect(store.ledger.spent()).toEqual({ calls: 4100, usd: 1.75 });
      expect(store.countDamaged()).toBe(0);
    });
  });

  it("keeps the first of two answers, and counts the others", () => {
    const into = filled(calls(0, 10, "mine"), { calls: 10, usd: 0 });
    const other = filled(
      (store) => {
        calls(5, 20, "other")(store);
        store.putArtifact("vector", key("a"), Uint8Array.of(9));
      },
      { calls: 15, usd: 0 },
    );
    const third = filled((store) => store.putArtifact("vector", key("a"), Uint8Array.of(8)));
    expect(merge(into, other, third)).toEqual([
      { ...nothing, calls: 10, conflicts: 5, artifacts: 1, spent: { calls: 15, usd: 0 } },
      { ...nothing, artifactConflicts: 1, spent: { calls: 0, usd: 0 } },
    ]);
    reading(into, (store) => {
      expect(store.getCall(key("5"))?.text).toMatch(/^mine 5/);
      expect(store.getCall(key("15"))?.text).toMatch(/^other 15/);
      expect(store.getArtifact("vector", key("a"))).toEqual(Uint8Array.of(9));
    });
  });

  it("done again, or after more was stored, brings and counts what is new alone", () => {
    const into = newPath();
    const part = filled(calls(0, 50), { calls: 50, usd: 1 });
    merge(into, part);
    expect(merge(into, part)).toEqual([{ ...nothing, known: 50, spent: { calls: 0, usd: 0 } }]);
    filled(calls(50, 70), { calls: 70, usd: 1.5 }, part);
    expect(merge(into, part, part)).toEqual([
      { ...nothing, calls: 20, known: 50, spent: { calls: 20, usd: 0.5 } },
      { ...nothing, known: 70, spent: { calls: 0, usd: 0 } },
    ]);
    reading(into, (store) => expect(store.ledger.spent()).toEqual({ calls: 70, usd: 1.5 }));
  });

  it("by way of another store counts what was spent once", () => {
    const [top, middle] = [newPath(), newPath()];
    const part = filled(calls(0, 50), { calls: 50, usd: 1 });
    merge(middle, part);
    merge(top, middle);
    expect(merge(top, part)).toEqual([{ ...nothing, known: 50, spent: { calls: 0, usd: 0 } }]);
    reading(top, (store) => expect(store.ledger.spent()).toEqual({ calls: 50, usd: 1 }));
  });

  it("cut short, loses nothing and goes on", () => {
    const into = newPath();
    const part = filled(calls(0, 5000), { calls: 5000, usd: 0 });
    let looks = 0;
    const stop = {
      throwIfAborted() {
        if (++looks === 2) throw new Error("stopped");
      },
    } as AbortSignal;
    expect(() => mergeStores(into, [part], () => {}, stop)).toThrow("stopped");
    const [counts] = merge(into, part);
    expect(counts).toMatchObject({ calls: 3000, known: 2000, spent: { calls: 5000, usd: 0 } });
  });

  it("leaves rows out that have changed, and mends those of the target", () => {
    const part = filled((store) => {
      calls(0, 100)(store);
      store.putArtifact("vector", key("a"), Uint8Array.of(1));
    });
    const copy = newPath();
    writeFileSync(copy, readFileSync(part));
    const change = (path: string, sql: string): void => {
      const db = new DatabaseSync(path);
      db.exec(sql);
      db.close();
    };
    change(
      part,
      "UPDATE calls SET text = 'other' WHERE id = 7; UPDATE calls SET input = 1 << 60 WHERE id = 8",
    );
    change(part, "UPDATE calls SET key = x'00112233445566778899aabbccddeeff0011' WHERE id = 9");
    change(part, "UPDATE artifacts SET bytes = x'ff'");
    const into = newPath();
    expect(merge(into, part)).toEqual([{ ...nothing, calls: 97, damaged: 4, spent: { calls: 0, usd: 0 } }]);
    change(into, "UPDATE calls SET text = 'other' WHERE id = 1");
    const [counts] = merge(into, copy);
    expect(counts).toMatchObject({ calls: 4, known: 96, conflicts: 0, damaged: 0, artifacts: 1 });
    reading(into, (store) => expect(store.getCall(key("0"))?.text).toMatch(/^answer 0/));
  });

  it("picks out of a broken file what is whole, and does not touch it", () => {
    const part = filled(calls(0, 2000));
    const bytes = readFileSync(part);
    bytes.fill(0x5a, 100, 4096);
    writeFileSync(part, bytes);
    const notes: string[] = [];
    const [counts] = mergeStores(newPath(), [part], (note) => notes.push(note));
    expect(counts?.calls).toBeGreaterThan(1900);
    expect(notes).toEqual([expect.stringContaining(`${part} is damaged`)]);
    expect(readFileSync(part)).toEqual(bytes);
  });

  it("refuses what is no store, the target itself, and a missing one before anything is written", () => {
    const into = filled(calls(0, 3));
    const text = newPath();
    writeFileSync(text, "no database".repeat(1000));
    const good = filled(calls(10, 20));
    expect(() => merge(into, good, into)).toThrow("into itself");
    expect(() => merge(into, good, join(directory, "none.sqlite"))).toThrow("no store here");
    expect(() => merge(into, good, text)).toThrow("not a store");
    reading(into, (store) => expect(store.countCalls()).toBe(3));
  });
});
