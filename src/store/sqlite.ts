import type { Ledger, Store, Sums } from "../core/ports/store.ts";
import type { NewArtifact } from "./artifacts-table.ts";
import type { NewCall } from "./calls-table.ts";
import { type Connection, connectOrSalvage, identityOf, salvageAndConnect } from "./connection.ts";
import { keyText } from "./key.ts";
import { packedCalls } from "./packed-calls.ts";
import { type Reserve, takeReserve } from "./reserve.ts";
import { deletedError, isDamagedFile, isDiskFull, storeError } from "./store-errors.ts";

/** Rows in one transaction at most; more brings no further speed and delays other work. */
const ROWS_PER_TRANSACTION = 1000;
/** Nor does a row wait longer for others of its turn: turns of simulated models, and first ones, may be long. */
const LONGEST_WAIT_MS = 2;
/** How often to look whether the file is still where it was. */
const LOOK_EVERY_MS = 50;

/**
 * The store of a run: one SQLite file at `path`, made when missing (its directory must exist). Look-ups of one
 * event-loop turn share a read transaction, which halves their cost. A file that SQLite cannot read any more is made
 * anew from the rows that are whole, and some room on the disk is kept for the moment in which there is no other.
 * @param note told what was saved of a damaged file
 * @throws ApmError for a foreign file, a newer schema, a full disk, or a directory that cannot be written
 */
export function openSqliteStore(path: string, note: (message: string) => void = () => {}): Store {
  let connection = connectOrSalvage(path, note);
  const reserve = reserveFor(path, connection);
  let damagedBefore = 0;

  const calls = new Map<string, NewCall>();
  const artifacts = new Map<string, NewArtifact>();
  let account: Parameters<Ledger["follow"]>[0] | undefined;
  let written: Sums | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let turn: Promise<void> | undefined;
  /** When the oldest row that is buffered was put. */
  let waitingSince = 0;
  let failure: unknown;
  let fullDisk: unknown;

  const reopen = (damage: unknown): void => {
    const { table, artifactsTable } = connection;
    damagedBefore += table.damaged + artifactsTable.damaged;
    connection.db.close();
    connection = salvageAndConnect(path, note, damage);
  };

  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const { db } = connection;
      // A full disk makes SQLite roll back by itself.
      if (db.isOpen && db.isTransaction) db.exec("ROLLBACK");
      if (!isDamagedFile(error)) throw error;
      reopen(error);
      return work();
    }
  };

  /** One transaction with all that is buffered. */
  const write = (): void => {
    const { db, table, artifactsTable, ledger, beginWrite, commit, identity } = connection;
    if (db.isTransaction) commit.run();
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      if (identityOf(path) !== identity) throw deletedError(path);
      lookedAt = performance.now();
    }
    const sums = account?.sums();
    const isSettled = sums === undefined || isSame(sums, written);
    if (calls.size + artifacts.size === 0 && isSettled) return;
    beginWrite.run();
    table.catchUp();
    table.append(Array.from(calls.values()).filter(({ key, replaces }) => replaces || !table.has(key)));
    for (const artifact of artifacts.values()) artifactsTable.put(artifact);
    if (!isSettled) ledger.write(sums.spent, sums.held);
    commit.run();
    table.committed();
    if (sums !== undefined) account?.kept(sums);
    written = sums;
    calls.clear();
    artifacts.clear();
  };

  /**
   * On failure everything stays buffered for the next try. On a full disk that is made at once in the reserve, and this
   * store stays failed: what still comes in is kept, and nothing further is asked.
   */
  const flush = (): void => {
    try {
      guarded(write);
    } catch (error) {
      if (isDiskFull(error, path)) {
        fullDisk ??= storeError(error, path);
        writeInReserve();
      }
      failure = fullDisk ?? storeError(error, path);
      throw failure;
    }
    failure = fullDisk;
    if (failure !== undefined) throw failure;
  };

  const writeInReserve = (): void => {
    reserve.release();
    try {
      // The log holds many versions of a page, the file one: this makes more room than the reserve has.
      connection.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      guarded(write);
    } catch {
      // The first error tells more; what is buffered waits for the next try.
    }
  };

  /** Makes things durable at the end of the event-loop turn, for all that is put within it. */
  const endOfTurn = (): Promise<void> => {
    if (turn !== undefined) return turn;
    turn = new Promise((resolve, reject) => {
      setImmediate(() => {
        turn = undefined;
        try {
          if (connection.db.isOpen) flush();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    // Where nobody waits, the next put, look-up or reservation reports it.
    turn.catch(() => {});
    return turn;
  };

  const wrote = (): void => {
    void endOfTurn();
    if (failure !== undefined) throw failure;
    const rows = calls.size + artifacts.size;
    if (rows === 1) waitingSince = performance.now();
    if (rows >= ROWS_PER_TRANSACTION || performance.now() - waitingSince > LONGEST_WAIT_MS) flush();
  };

  const reading = <T>(read: (connection: Connection) => T): T => {
    try {
      return guarded(() => {
        if (!connection.db.isTransaction) {
          connection.beginRead.run();
          connection.table.catchUp();
          void endOfTurn();
        }
        return read(connection);
      });
    } catch (error) {
      throw storeError(error, path);
    }
  };

  /** What is absent would be asked for, and could not be kept. */
  const found = <T>(value: T | undefined): T | undefined => {
    if (value === undefined && failure !== undefined) throw failure;
    return value;
  };

  return {
    getCall: (key) => calls.get(keyText(key))?.call ?? found(reading(({ table }) => table.get(key))),
    putCall(key, call) {
      const id = keyText(key);
      if (!calls.has(id) && !reading(({ table }) => table.has(key))) calls.set(id, { key, call });
      wrote();
    },
    replaceCall(key, call) {
      calls.set(keyText(key), { key, call, replaces: true });
      flush();
    },
    putPacked(packed, told, isGiven = false) {
      reading(({ table }) => {
        for (const call of packedCalls(packed)) {
          const id = keyText(call.key);
          const isNew = !calls.has(id) && !table.has(call.key);
          if (isNew) calls.set(id, call);
          const [, inputTokens, outputTokens] = call.ready.row;
          told(call.tag, isNew, { inputTokens, outputTokens });
        }
      });
      if (isGiven) wrote();
      else flush();
    },
    countCalls: () => reading(({ table }) => table.size) + calls.size,
    getArtifact(kind, key) {
      const buffered = artifacts.get(keyText(key) + kind);
      if (buffered !== undefined) return buffered.bytes.slice();
      return found(reading(({ artifactsTable }) => artifactsTable.get(kind, key)));
    },
    putArtifact(kind, key, bytes) {
      artifacts.set(keyText(key) + kind, { kind, key, bytes: bytes.slice() });
      wrote();
    },
    kept: () => (calls.size + artifacts.size === 0 ? Promise.resolve() : endOfTurn()),
    countDamaged: () => damagedBefore + connection.table.damaged + connection.artifactsTable.damaged,
    ledger: {
      spent: () => reading(({ ledger, table }) => ledger.spent() ?? { calls: table.size, usd: 0 }),
      follow(next) {
        account = next;
      },
    },
    flush() {
      lookedAt = Number.NEGATIVE_INFINITY;
      flush();
    },
    close() {
      if (!connection.db.isOpen) return;
      lookedAt = Number.NEGATIVE_INFINITY;
      try {
        flush();
      } finally {
        connection.db.close();
        reserve.release();
      }
    },
  };
}

const isSame = (a: Sums, b: Sums | undefined): boolean =>
  b !== undefined &&
  a.spent.calls === b.spent.calls &&
  a.spent.usd === b.spent.usd &&
  a.held.calls === b.held.calls &&
  a.held.usd === b.held.usd;

function reserveFor(path: string, { db }: Connection): Reserve {
  try {
    return takeReserve(path);
  } catch (error) {
    db.close();
    throw error;
  }
}
