import type { CallLog, LoggedArtifact, LoggedCall } from "../core/ports/call-log.ts";
import { artifactSum } from "../store/row-sum.ts";
import type { Database } from "./database.ts";
import { packCall, unpackCall } from "./packed-call.ts";
import { SCHEMA } from "./schema-name.ts";

/** Rows of one statement at most. */
const ROWS = 1_000;
/** Rows of one page of a pull; artifacts are large. */
const PAGE = { calls: 5_000, artifacts: 50 } as const;

type Table = keyof typeof PAGE;

/** How far a table was read: everything up to here is known. */
interface Cursor {
  readonly xid: string;
  readonly seq: string;
}
const START: Cursor = { xid: "0", seq: "0" };

interface Row extends Cursor {
  readonly kind?: string;
  readonly key: Buffer;
  readonly sum: number;
  readonly bytes: Buffer;
  readonly settled: boolean;
}

/**
 * The log in a PostgreSQL. Rows are read in the order of (transaction, row number). A transaction that began earlier may
 * commit later, with lower numbers than what was read already; so the cursor moves only over rows of transactions below
 * the snapshot's `xmin`: below it every transaction has ended, and nothing can slip under the cursor any more. What stands
 * above it is handed over as well and read again by the next pull.
 */
export async function callLog(db: Database): Promise<CallLog> {
  const [next] = await db.query<{ writer: number }>(`SELECT nextval('${SCHEMA}.writers')::int AS writer`);
  const writer = next?.writer ?? 0;
  const cursors: Record<Table, Cursor> = { calls: START, artifacts: START };

  /** Its own rows are left out: they are at hand. */
  const readAll = async (table: Table, take: (rows: readonly Row[]) => void): Promise<void> => {
    let from = cursors[table];
    for (;;) {
      const rows = await db.query<Row>(
        `SELECT ${table === "artifacts" ? "kind, " : ""}xid::text, seq::text, key, sum, bytes,
           xid < pg_snapshot_xmin(pg_current_snapshot()) AS settled
         FROM ${SCHEMA}.${table} WHERE (xid, seq) > ($1::xid8, $2::bigint) AND writer <> $3
         ORDER BY ${table}.xid, ${table}.seq LIMIT ${PAGE[table]}`, // the columns, not their texts above
        [from.xid, from.seq, writer],
      );
      take(rows);
      const last = rows.at(-1);
      const lastSettled = rows.findLast(({ settled }) => settled);
      if (lastSettled !== undefined) cursors[table] = { xid: lastSettled.xid, seq: lastSettled.seq };
      if (last === undefined || rows.length < PAGE[table]) return;
      from = last;
    }
  };

  return {
    async appendCalls(calls) {
      const others: LoggedCall[] = [];
      for (let at = 0; at < calls.length; at += ROWS) {
        others.push(...(await appendSome(db, writer, calls.slice(at, at + ROWS))));
      }
      return others;
    },
    async appendArtifacts(artifacts) {
      const others: LoggedArtifact[] = [];
      for (const artifact of artifacts) {
        const other = await appendArtifact(db, writer, artifact);
        if (other !== undefined) others.push(other);
      }
      return others;
    },
    async pull(take) {
      let damaged = 0;
      const whole = <T>(rows: readonly Row[], read: (row: Row) => T | undefined): T[] => {
        const good = rows.map(read).filter((it) => it !== undefined);
        damaged += rows.length - good.length;
        return good;
      };
      await readAll("calls", (rows) => take({ calls: whole(rows, callOf), artifacts: [] }));
      await readAll("artifacts", (rows) => take({ calls: [], artifacts: whole(rows, artifactOf) }));
      return damaged;
    },
  };
}

const callOf = ({ key, bytes, sum }: Pick<Row, "key" | "bytes" | "sum">): LoggedCall | undefined => {
  const call = unpackCall(key, bytes, sum);
  return call && { key, call };
};

const artifactOf = ({ kind = "", key, bytes, sum }: Row): LoggedArtifact | undefined =>
  // A copy of its own: whoever reads numbers from it needs it to begin at an even place.
  artifactSum(kind, key, bytes) === sum ? { kind, key, bytes: new Uint8Array(bytes) } : undefined;

/** The order of keys is the same for all, so that two who add the same never wait for each other in a circle. */
async function appendSome(
  db: Database,
  writer: number,
  calls: readonly LoggedCall[],
): Promise<readonly LoggedCall[]> {
  if (calls.length === 0) return [];
  const packed = calls.map(({ key, call }) => ({ key: Buffer.from(key), ...packCall(key, call) }));
  const added = await db.query<{ key: Buffer }>(
    `INSERT INTO ${SCHEMA}.calls (key, writer, sum, bytes)
     SELECT key, $4, sum, bytes FROM unnest($1::bytea[], $2::int[], $3::bytea[]) AS new (key, sum, bytes) ORDER BY key
     ON CONFLICT DO NOTHING RETURNING key`,
    [packed.map(({ key }) => key), packed.map(({ sum }) => sum), packed.map(({ bytes }) => bytes), writer],
  );
  if (added.length === packed.length) return [];
  const mine = new Map(packed.map(({ key, bytes }) => [key.toString("latin1"), bytes]));
  for (const { key } of added) mine.delete(key.toString("latin1"));
  const there = await db.query<{ key: Buffer; sum: number; bytes: Buffer }>(
    `SELECT key, sum, bytes FROM ${SCHEMA}.calls WHERE key = ANY($1::bytea[])`,
    [[...mine.keys()].map((key) => Buffer.from(key, "latin1"))],
  );
  const different = there.filter(({ key, bytes }) => !mine.get(key.toString("latin1"))?.equals(bytes));
  const others = different.map(callOf);
  const damaged = different.filter((_, i) => others[i] === undefined);
  if (damaged.length > 0) {
    await db.query(
      `DELETE FROM ${SCHEMA}.calls USING unnest($1::bytea[], $2::int[]) AS bad (key, sum)
      WHERE calls.key = bad.key AND calls.sum = bad.sum`,
      [damaged.map(({ key }) => key), damaged.map(({ sum }) => sum)],
    );
    const lost = new Set(damaged.map(({ key }) => key.toString("latin1")));
    others.push(
      ...(await appendSome(
        db,
        writer,
        calls.filter(({ key }) => lost.has(Buffer.from(key).toString("latin1"))),
      )),
    );
  }
  return others.filter((call) => call !== undefined);
}

async function appendArtifact(
  db: Database,
  writer: number,
  { kind, key, bytes }: LoggedArtifact,
): Promise<LoggedArtifact | undefined> {
  const sum = artifactSum(kind, key, bytes);
  const values = [kind, Buffer.from(key)];
  const added = await db.query(
    `INSERT INTO ${SCHEMA}.artifacts (kind, key, writer, sum, bytes) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [...values, writer, sum, Buffer.from(bytes)],
  );
  if (added.length > 0) return undefined;
  const [there] = await db.query<Row>(
    `SELECT kind, key, sum, bytes FROM ${SCHEMA}.artifacts WHERE kind = $1 AND key = $2`,
    values,
  );
  return there === undefined || there.bytes.equals(bytes) ? undefined : artifactOf(there);
}
