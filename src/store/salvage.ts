import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Spending } from "../core/ports/store.ts";
import { type ArtifactsTable, artifactsTable, type NewArtifact } from "./artifacts-table.ts";
import { type CallsTable, callsTable, type NewCall } from "./calls-table.ts";
import { type CallRow, fromRow } from "./codec.ts";
import { isLedgerRow, ledgerTable } from "./ledger-table.ts";
import { type PageRow, type PageValue, pageRows } from "./pages.ts";
import { artifactSum, CHECKED_KEY_BYTES, callSum, KEY_BYTES } from "./row-sum.ts";
import { migrate } from "./schema.ts";

/** What could be picked out of a damaged file. */
export interface Salvage {
  readonly calls: number;
  readonly artifacts: number;
  /** The damaged file under its new name. */
  readonly aside: string;
}

/** Rows of one transaction. */
const BATCH = 1000;

/**
 * Makes a new store of every row of a damaged one that is still whole, whatever else in the file is broken, and keeps the
 * damaged file under another name. Nobody may have the store open.
 * @returns undefined when the file holds no row of ours; it is left as it is
 */
export function salvageStore(path: string): Salvage | undefined {
  const [file, log] = [path, `${path}-wal`].map((name) =>
    existsSync(name) ? readFileSync(name) : new Uint8Array(),
  ) as [Uint8Array, Uint8Array];
  const isEmpty = (old: boolean): boolean => rowsOf(file, log, old).next().done === true;
  // A file of before checksums has rows that nothing vouches for: they are taken where all around them is in order.
  const isOld = isEmpty(false);
  if (isOld && isEmpty(true)) return undefined;
  const fresh = `${path}.salvaged`;
  rmSync(fresh, { force: true });
  let counts: Pick<Salvage, "calls" | "artifacts">;
  try {
    counts = write(fresh, rowsOf(file, log, isOld));
  } catch (error) {
    for (const end of ["", "-journal"]) rmSync(fresh + end, { force: true });
    throw error;
  }
  const aside = asideOf(path);
  renameSync(path, aside);
  for (const end of ["-wal", "-shm"]) if (existsSync(path + end)) renameSync(path + end, aside + end);
  renameSync(fresh, path);
  return { ...counts, aside };
}

type Found =
  | { readonly call: NewCall }
  | { readonly artifact: NewArtifact; readonly id: number }
  | { readonly spent: Spending };

function* rowsOf(file: Uint8Array, log: Uint8Array, old: boolean): Generator<Found> {
  for (const row of pageRows(file, log, old)) {
    const found = old ? asOldRow(row) : asRow(row);
    if (found !== undefined) yield found;
  }
}

/** What a row is by its columns, if its checksum agrees. */
function asRow({ id, values }: PageRow): Found | undefined {
  if (values.length === 9) {
    const [, key, ...row] = values as [null, ...PageValue[]];
    if (!(key instanceof Uint8Array && key.length === CHECKED_KEY_BYTES) || !isCallRow(row)) return undefined;
    const own = key.subarray(0, KEY_BYTES);
    return row[6] === callSum(own, row) ? callOf(own, row) : undefined;
  }
  if (values.length === 4) {
    const [kind, key, bytes, sum] = values;
    if (typeof kind !== "string" || !(key instanceof Uint8Array) || !(bytes instanceof Uint8Array))
      return undefined;
    return sum === artifactSum(kind, key, bytes) ? { artifact: { kind, key, bytes }, id } : undefined;
  }
  if (values.length === 6 && isLedgerRow(values.slice(1))) {
    const [, calls, usd, heldCalls, heldUsd] = values as number[] as [number, number, number, number, number];
    return { spent: { calls: calls + heldCalls, usd: usd + heldUsd } };
  }
  return undefined;
}

/** The same of schema 1, by the look of it. */
function asOldRow({ id, values }: PageRow): Found | undefined {
  if (values.length === 8) {
    const [, key, ...row] = values as [null, ...PageValue[]];
    const isKey = key instanceof Uint8Array && key.length === KEY_BYTES;
    return isKey && isCallRow(row) ? callOf(key, row) : undefined;
  }
  if (values.length === 3) {
    const [kind, key, bytes] = values;
    const isArtifact =
      typeof kind === "string" &&
      key instanceof Uint8Array &&
      key.length === KEY_BYTES &&
      bytes instanceof Uint8Array;
    return isArtifact ? { artifact: { kind, key, bytes }, id } : undefined;
  }
  return undefined;
}

/** Whether the first columns are of the types that a call's have. */
export function isCallRow(row: readonly PageValue[]): row is [...CallRow, ...PageValue[]] {
  const isText = (part: PageValue | undefined): boolean =>
    typeof part === "string" || part instanceof Uint8Array;
  const [text, ...optional] = row.slice(3, 6);
  return (
    row.slice(0, 3).every((x) => typeof x === "number") &&
    isText(text) &&
    optional.every((x) => x === null || isText(x))
  );
}

function callOf(key: Uint8Array, row: readonly [...CallRow, ...unknown[]]): Found | undefined {
  try {
    return { call: { key: Uint8Array.from(key), call: fromRow(row) } };
  } catch {
    return undefined; // deflated bytes that are none
  }
}

function write(path: string, rows: Iterable<Found>): Pick<Salvage, "calls" | "artifacts"> {
  const db = new DatabaseSync(path);
  try {
    db.exec("PRAGMA synchronous = OFF"); // until it is whole, the damaged file stays
    migrate(db, path);
    const [calls, artifacts] = [callsTable(db), artifactsTable(db)];
    const newest = new Map<string, number>();
    let spent: Spending | undefined;
    for (const batch of batches(rows)) {
      const found: NewCall[] = [];
      db.exec("BEGIN");
      for (const item of batch) {
        if ("call" in item) found.push(item.call);
        else if ("artifact" in item) takeNewest(artifacts, newest, item);
        else if (spent === undefined || item.spent.calls > spent.calls) spent = item.spent;
      }
      takeFirst(calls, found);
      db.exec("COMMIT");
      calls.committed();
    }
    // Without its account, a store has spent at least what it holds.
    ledgerTable(db).write(spent ?? { calls: calls.size, usd: 0 }, { calls: 0, usd: 0 });
    return { calls: calls.size, artifacts: newest.size };
  } finally {
    db.close();
  }
}

function takeFirst(table: CallsTable, calls: readonly NewCall[]): void {
  const own = new Map<string, NewCall>();
  for (const call of calls) {
    const id = Buffer.from(call.key).toString("latin1");
    if (!own.has(id) && !table.has(call.key)) own.set(id, call);
  }
  table.append([...own.values()]);
}

/** Of an artifact that was written again, an older row may still stand in some unused page. */
function takeNewest(
  table: ArtifactsTable,
  newest: Map<string, number>,
  { artifact, id }: { artifact: NewArtifact; id: number },
): void {
  const name = `${artifact.kind} ${Buffer.from(artifact.key).toString("latin1")}`;
  if (id < (newest.get(name) ?? 0)) return;
  newest.set(name, id);
  table.put(artifact);
}

function* batches(rows: Iterable<Found>): Generator<Found[]> {
  let batch: Found[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function asideOf(path: string): string {
  for (let i = 1; ; i++) {
    const name = path.replace(/(\.sqlite)?$/, `.damaged-${i}$1`);
    if (!existsSync(name)) return name;
  }
}
