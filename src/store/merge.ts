import { existsSync, realpathSync } from "node:fs";
import { UsageError } from "../core/errors.ts";
import { contentKey } from "../core/hash.ts";
import type { Spending } from "../core/ports/store.ts";
import { type Connection, connectOrSalvage } from "./connection.ts";
import { keyText } from "./key.ts";
import { type MergeSource, openMergeSource } from "./merge-source.ts";
import type { ReadyCall } from "./packed-calls.ts";
import { isDiskFull, storeError } from "./store-errors.ts";

/** What one store has brought into another. */
export interface MergeCounts {
  /** Calls that were not there yet. */
  readonly calls: number;
  /** Calls that were there, with the same answer. */
  readonly known: number;
  /** Calls that were there with another answer: the one that was there first stays. */
  readonly conflicts: number;
  readonly artifacts: number;
  /** Artifacts that were there with other bytes: those stay. */
  readonly artifactConflicts: number;
  /** Rows of the source that have changed since they were stored: left out. */
  readonly damaged: number;
  /** What was spent for the source and was not counted yet. */
  readonly spent: Spending;
}

/** Says how much of a source's spending the target has counted: so a merge may be done again. */
const COUNTED = "merged";

/**
 * Brings calls, artifacts and the account of stores into another. What is there stays; of two answers to one call the first
 * counts. A merge that was cut short, or is done again, brings what is missing. The target's directory must be held.
 * @param into the target's file; made when missing (its directory must exist)
 * @param note told of what is damaged
 * @returns counts, a source each
 * @throws UsageError for a source that is missing or is the target, before anything is written; ApmError as a store does
 */
export function mergeStores(
  into: string,
  from: readonly string[],
  note: (message: string) => void,
  stop?: AbortSignal,
): MergeCounts[] {
  const sources: MergeSource[] = [];
  try {
    for (const path of from) {
      if (existsSync(into) && existsSync(path) && realpathSync(path) === realpathSync(into)) {
        throw new UsageError("a store cannot be merged into itself", { where: path, remedy: "leave it out" });
      }
      sources.push(openMergeSource(path, note));
    }
    const target = connectOrSalvage(into, note);
    try {
      return sources.map((source, i) => mergeOne(target, source, from[i] as string, stop));
    } catch (error) {
      if (target.db.isOpen && target.db.isTransaction && !isDiskFull(error, into)) target.db.exec("ROLLBACK");
      throw storeError(error, into);
    } finally {
      target.db.close();
    }
  } finally {
    for (const source of sources) source.close();
  }
}

function mergeOne(target: Connection, source: MergeSource, path: string, stop?: AbortSignal): MergeCounts {
  const counts = { calls: 0, known: 0, conflicts: 0, artifacts: 0, artifactConflicts: 0 };
  // Where the account is lost, as much is spent at least as is stored.
  const own = target.ledger.spent() ?? { calls: target.table.size, usd: 0 };
  let first: ReadyCall | undefined;
  for (const chunk of source.calls()) {
    stop?.throwIfAborted();
    first ??= chunk[0];
    mergeCalls(target, chunk, counts);
  }
  target.beginWrite.run();
  mergeArtifacts(target, source, counts);
  const spent = mergeSpending(target, own, source.spent(), `${realpathSync(path)} ${first?.ready.sum ?? ""}`);
  target.commit.run();
  return { ...counts, damaged: source.damaged, spent };
}

type Tally = { -readonly [K in "calls" | "known" | "conflicts" | "artifacts" | "artifactConflicts"]: number };

function mergeCalls(
  { beginWrite, commit, table }: Connection,
  chunk: readonly ReadyCall[],
  counts: Tally,
): void {
  beginWrite.run();
  table.catchUp();
  const fresh = new Map<string, ReadyCall>();
  for (const call of chunk) {
    const id = keyText(call.key);
    const sum = fresh.get(id)?.ready.sum ?? table.sumOf(call.key);
    if (sum === undefined) fresh.set(id, call);
    else if (sum === call.ready.sum) counts.known++;
    else counts.conflicts++;
  }
  table.append([...fresh.values()]);
  commit.run();
  table.committed();
  counts.calls += fresh.size;
}

function mergeArtifacts({ artifactsTable }: Connection, source: MergeSource, counts: Tally): void {
  for (const artifact of source.artifacts()) {
    const { kind, key, bytes } = artifact;
    const own = artifactsTable.get(kind, key);
    if (kind === COUNTED) {
      // What the source has counted of others is in its own sum, and so need not be counted here again.
      if (own === undefined || readCounted(own).calls < readCounted(bytes).calls)
        artifactsTable.put(artifact);
    } else if (own === undefined) {
      artifactsTable.put(artifact);
      counts.artifacts++;
    } else if (Buffer.compare(own, bytes) !== 0) counts.artifactConflicts++;
  }
}

/** @param name tells the source from others: where it is, and its first answer */
function mergeSpending(
  { artifactsTable, ledger }: Connection,
  own: Spending,
  spent: Spending | undefined,
  name: string,
): Spending {
  if (spent === undefined) return NOTHING;
  const key = contentKey(`${COUNTED}@1 ${name}`);
  const stored = artifactsTable.get(COUNTED, key);
  const before = stored === undefined ? NOTHING : readCounted(stored);
  const more = {
    calls: Math.max(0, spent.calls - before.calls),
    usd: Math.max(0, spent.usd - before.usd),
  };
  ledger.write({ calls: own.calls + more.calls, usd: own.usd + more.usd }, NOTHING);
  artifactsTable.put({ kind: COUNTED, key, bytes: new TextEncoder().encode(JSON.stringify(spent)) });
  return more;
}

const NOTHING: Spending = { calls: 0, usd: 0 };

const readCounted = (bytes: Uint8Array): Spending => JSON.parse(new TextDecoder().decode(bytes)) as Spending;
