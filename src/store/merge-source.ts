import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../core/errors.ts";
import type { Spending } from "../core/ports/store.ts";
import type { NewArtifact } from "./artifacts-table.ts";
import type { CallRow } from "./codec.ts";
import { ledgerTable } from "./ledger-table.ts";
import { ReadyCall } from "./packed-calls.ts";
import { artifactSum, CHECKED_KEY_BYTES, callSum, isKeyWhole, KEY_BYTES } from "./row-sum.ts";
import { isCallRow, salvageStore } from "./salvage.ts";
import { CHECKED_VERSION, checkedVersion } from "./schema.ts";
import { isDamagedFile, storeError } from "./store-errors.ts";

/** Rows that are read at once. */
const CHUNK = 2000;

/** A store that is read from its first row to its last, and only read. */
export interface MergeSource {
  /** The calls in the order in which they were stored, some at a time; damaged ones are left out. */
  calls(): Generator<readonly ReadyCall[]>;
  /** The artifacts, one at a time; damaged ones are left out. */
  artifacts(): Generator<NewArtifact>;
  /** Rows that were left out so far. */
  readonly damaged: number;
  /** What was spent on its behalf; `undefined` where it does not say. */
  spent(): Spending | undefined;
  close(): void;
}

/**
 * Opens a store for a merge, also one of an older version. Of a file that SQLite cannot read, what is whole is picked out
 * of a copy; the file itself is left as it is.
 * @param note told what was picked out
 * @throws UsageError when there is none; ApmError for a foreign one, or one of a newer version
 */
export function openMergeSource(path: string, note: (message: string) => void): MergeSource {
  if (!existsSync(path)) {
    throw new UsageError("there is no store here", {
      where: path,
      remedy: "give a run directory, or the calls.sqlite in it",
    });
  }
  try {
    return open(path);
  } catch (error) {
    if (!isDamagedFile(error)) throw storeError(error, path);
    return openSalvaged(path, note, error);
  }
}

function openSalvaged(path: string, note: (message: string) => void, cause: unknown): MergeSource {
  const folder = mkdtempSync(join(tmpdir(), "apm-bench-merge-"));
  const copy = join(folder, "calls.sqlite");
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const end of ["", "-wal"]) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    const saved = salvageStore(copy);
    if (saved === undefined) throw storeError(cause, path);
    note(
      `${path} is damaged: ${saved.calls} calls and ${saved.artifacts} artifacts in it are whole and are taken`,
    );
    const source = open(copy);
    return {
      ...source,
      close() {
        source.close();
        tidy();
      },
    };
  } catch (error) {
    tidy();
    throw error;
  }
}

type SourceRow = [...CallRow, key: Uint8Array, sum: number | null];

function open(path: string): MergeSource {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    const isChecked = checkedVersion(db, path) >= CHECKED_VERSION;
    return readTables(db, isChecked);
  } catch (error) {
    db.close();
    throw error;
  }
}

function readTables(db: DatabaseSync, isChecked: boolean): MergeSource {
  const sum = isChecked ? "sum" : "NULL";
  const between = db.prepare(
    `SELECT finish, input, output, text, reasoning, logprobs, key, ${sum} FROM calls WHERE id BETWEEN ? AND ?`,
  );
  const lastId = db.prepare("SELECT max(id) FROM calls");
  const kept = db.prepare(`SELECT kind, key, bytes, ${sum} FROM artifacts ORDER BY rowid`);
  for (const statement of [between, lastId, kept]) statement.setReturnArrays(true);
  const width = isChecked ? CHECKED_KEY_BYTES : KEY_BYTES;
  const lastCall = (): number => (lastId.get() as unknown as [number | null])[0] ?? 0;
  let damaged = 0;

  /** `undefined` for a row that is not whole; `null` for the place of one that was lost before. */
  const wholeCall = (values: SourceRow): ReadyCall | undefined | null => {
    const checked = values[6];
    if (!(checked instanceof Uint8Array) || checked.length !== width || !isCallRow(values)) return undefined;
    if (isChecked && !isKeyWhole(checked)) return undefined;
    const key = checked.subarray(0, KEY_BYTES);
    const own = callSum(key, values);
    if (isChecked && own !== values[7]) return undefined;
    if (key.every((byte) => byte === 0)) return null;
    const [finish, input, output, text, reasoning, logprobs] = values;
    return new ReadyCall(key, [finish, input, output, text, reasoning, logprobs], own);
  };
  const rowsBetween = (from: number, to: number): (SourceRow | undefined)[] => {
    try {
      return between.all(from, to) as unknown as SourceRow[];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // A damaged integer beyond 2^53 is somewhere among them.
      if (from === to) return [undefined];
      return Array.from({ length: to - from + 1 }, (_, i) => rowsBetween(from + i, from + i)).flat();
    }
  };

  return {
    *calls() {
      const last = lastCall();
      for (let from = 1; from <= last; from += CHUNK) {
        const whole: ReadyCall[] = [];
        for (const values of rowsBetween(from, Math.min(from + CHUNK - 1, last))) {
          const call = values && wholeCall(values);
          if (call === undefined) damaged++;
          else if (call !== null) whole.push(call);
        }
        yield whole;
      }
    },
    *artifacts() {
      for (const row of kept.iterate()) {
        const [kind, key, bytes, sum] = row as unknown as [string, Uint8Array, Uint8Array, number | null];
        const isArtifact =
          typeof kind === "string" && key instanceof Uint8Array && bytes instanceof Uint8Array;
        if (isArtifact && (!isChecked || sum === artifactSum(kind, key, bytes))) yield { kind, key, bytes };
        else damaged++;
      }
    },
    get damaged() {
      return damaged;
    },
    // As an upgrade would count.
    spent: () => (isChecked ? ledgerTable(db).spent() : { calls: lastCall(), usd: 0 }),
    close: () => db.close(),
  };
}
