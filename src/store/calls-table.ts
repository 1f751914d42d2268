import type { DatabaseSync } from "node:sqlite";
import type { StoredCall } from "../core/ports/store.ts";
import { type CallRow, fromRow, toRow } from "./codec.ts";
import { keyIndex } from "./key-index.ts";
import { CHECKED_KEY_BYTES, callSum, checkedKey, isKeyWhole, KEY_BYTES } from "./row-sum.ts";
import { damagedFile } from "./store-errors.ts";

/** Rows whose keys are read at once while the index is filled. */
const CHUNK = 20_000;

export interface NewCall {
  readonly key: Uint8Array;
  readonly call: StoredCall;
  /** Takes the place of a call that is there. */
  readonly replaces?: boolean;
  /** The same as a row with its checksum, where that is at hand. */
  readonly ready?: { readonly row: CallRow; readonly sum: number };
}

/**
 * The table of calls and the index over it. Transactions are the caller's. A row that does not match its checksum counts
 * as absent; a new answer under its key takes its place.
 */
export interface CallsTable {
  get(key: Uint8Array): StoredCall | undefined;
  has(key: Uint8Array): boolean;
  /** The checksum of the whole row under a key; `undefined` when there is none, or it is damaged. */
  sumOf(key: Uint8Array): number | undefined;
  readonly size: number;
  /** Damaged rows that were met so far. */
  readonly damaged: number;
  /** Takes the rows into the index that another process has added. */
  catchUp(): void;
  /** Writes calls, each over the one under its key if there is one; in a write transaction after `catchUp`. */
  append(calls: readonly NewCall[]): void;
  /** Takes the calls of the last `append` into the index once they are committed. */
  committed(): void;
}

/** The row of a lost key: its key is zero, and nothing else counts. */
const NO_KEY = new Uint8Array(KEY_BYTES);
const EMPTY: CallRow = [0, 0, 0, "", null, null];

/** @param checked false for a file of before checksums, which is only read */
export function callsTable(db: DatabaseSync, checked = true): CallsTable {
  const width = checked ? CHECKED_KEY_BYTES : KEY_BYTES;
  const select = db.prepare(
    `SELECT finish, input, output, text, reasoning, logprobs, key, ${checked ? "sum" : "NULL"} FROM calls WHERE id = ?`,
  );
  const selectKey = db.prepare("SELECT key FROM calls WHERE id = ?");
  const write = checked
    ? db.prepare("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    : undefined;
  const lastId = db.prepare("SELECT max(id) FROM calls");
  const keysBetween = db.prepare(
    "SELECT group_concat(hex(key), ''), sum(id) FROM (SELECT id, key FROM calls WHERE id BETWEEN ? AND ? ORDER BY id)",
  );
  for (const statement of [select, selectKey, lastId, keysBetween]) statement.setReturnArrays(true);

  const index = keyIndex();
  let indexed = 0;
  /** Rows that were found damaged and wait for a new answer; rows whose very key is lost. */
  const bad = new Set<number>();
  let lost: number[] = [];
  let damaged = 0;
  let appended: Uint8Array[] = [];
  let replaced: number[] = [];

  const isWhole = (row: readonly [...CallRow, Uint8Array, number | null]): boolean =>
    row[6] instanceof Uint8Array &&
    row[6].length === width &&
    (!checked || row[7] === callSum(row[6].subarray(0, KEY_BYTES), row));

  const rowOf = (id: number): [...CallRow, Uint8Array, number | null] | undefined => {
    try {
      const row = select.get(id) as unknown as [...CallRow, Uint8Array, number | null] | undefined;
      if (row === undefined) throw damagedFile("a call is missing in it");
      return isWhole(row) ? row : undefined;
    } catch (error) {
      if (error instanceof RangeError) return undefined; // a damaged integer beyond 2^53
      throw error;
    }
  };

  const idOf = (key: Uint8Array): number =>
    index.find(key, (id) => {
      const row = selectKey.get(id) as unknown as [Uint8Array] | undefined;
      return bad.has(id) || (row !== undefined && same(key, row[0]));
    });

  const load = (from: number, to: number): void => {
    const [hex, ids] = keysBetween.get(from, to) as unknown as [string | null, number];
    const keys = Buffer.from(hex ?? "", "hex");
    const count = to - from + 1;
    if (keys.length !== width * count || ids !== ((from + to) * count) / 2) {
      throw damagedFile("calls are missing in it");
    }
    for (let i = 0; i < count; i++) {
      const key = keys.subarray(width * i, width * (i + 1));
      if (checked && !isKeyWhole(key)) {
        lost.push(from + i);
        damaged++;
      } else if (!same(key, NO_KEY) && idOf(key) === 0) index.add(key, from + i);
      // Of two processes that asked the same, the first answer counts.
    }
  };

  const put = (id: number, key: Uint8Array, row: CallRow, sum = callSum(key, row)): void =>
    void write?.run(id, checkedKey(key), ...row, sum);

  /** The row under a key, if it is whole; one that is not is remembered, and waits for a new answer. */
  const wholeRow = (key: Uint8Array): ReturnType<typeof rowOf> => {
    let found: ReturnType<typeof rowOf>;
    index.find(key, (id) => {
      const row = rowOf(id);
      if (row === undefined) {
        if (!bad.has(id)) damaged++;
        bad.add(id);
        return true;
      }
      if (!same(key, row[6])) return false;
      bad.delete(id); // another process may have mended it
      found = row;
      return true;
    });
    return found;
  };

  return {
    has: (key) => {
      const id = idOf(key);
      return id !== 0 && !bad.has(id);
    },
    get(key) {
      const row = wholeRow(key);
      return row && fromRow(row);
    },
    sumOf: (key) => wholeRow(key)?.[7] ?? undefined,
    get size() {
      return index.size;
    },
    get damaged() {
      return damaged;
    },
    catchUp() {
      const last = (lastId.get() as unknown as [number | null])[0] ?? 0;
      while (indexed < last) {
        const to = Math.min(indexed + CHUNK, last);
        load(indexed + 1, to);
        indexed = to;
      }
    },
    append(calls) {
      appended = [];
      replaced = [];
      for (const id of lost) put(id, NO_KEY, EMPTY);
      for (const next of calls) {
        const { key, ready } = next;
        const found = idOf(key);
        if (found === 0) appended.push(key);
        else replaced.push(found);
        const id = found === 0 ? indexed + appended.length : found;
        if (ready === undefined) put(id, key, toRow(next.call));
        else put(id, key, ready.row, ready.sum);
      }
    },
    committed() {
      for (const key of appended) index.add(key, ++indexed);
      for (const id of replaced) bad.delete(id);
      lost = [];
    },
  };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < KEY_BYTES; i++) if (a[i] !== b[i]) return false;
  return true;
}
