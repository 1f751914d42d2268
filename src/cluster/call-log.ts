import type { CallLog, LoggedArtifact, LoggedCall } from "../core/ports/call-log.ts";
import { keyText } from "../store/key.ts";
import { ReadyCall } from "../store/packed-calls.ts";
import { artifactSum, KEY_BYTES } from "../store/row-sum.ts";
import type { Database } from "./database.ts";
import { packCall, packReady, unpackCall } from "./packed-call.ts";
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

/**
 * Adds some calls. Rows travel as one string of bytes for all keys and one for all calls: a thousand parameters take longer to
 * write and to read than to store. The order of keys is the same for all, so that two who add the same never wait for each
 * other in a circle.
 */
async function appendSome(
  db: Database,
  writer: number,
  calls: readonly LoggedCall[],
): Promise<readonly LoggedCall[]> {
  if (calls.length === 0) return [];
  const packed = calls.map((logged) => (logged instanceof ReadyCall ? packReady(logged) : packCall(logged)));
  const keys = Buffer.concat(calls.map(({ key }) => key));
  const [ends, sums] = [[] as number[], packed.map(({ sum }) => sum)];
  for (const { bytes } of packed) ends.push((ends.at(-1) ?? 0) + bytes.length);
  const [added] = await db.query<{ count: number }>(
    `WITH new AS (
       SELECT substring($1::bytea FROM ${KEY_BYTES} * (i::int - 1) + 1 FOR ${KEY_BYTES}) AS key, sum,
         substring($3::bytea FROM "end" - size + 1 FOR size) AS bytes
       FROM unnest($2::int[], $5::int[], $6::int[]) WITH ORDINALITY AS new (sum, "end", size, i)
     ), added AS (
       INSERT INTO ${SCHEMA}.calls (key, writer, sum, bytes) SELECT key, $4, sum, bytes FROM new ORDER BY key
       ON CONFLICT DO NOTHING RETURNING 1
     )
     SELECT count(*)::int AS count FROM added`,
    [
      keys,
      sums,
      Buffer.concat(packed.map(({ bytes }) => bytes)),
      writer,
      ends,
      packed.map(({ bytes }) => bytes.length),
    ],
  );
  if (added?.count === packed.length) return [];
  const mine = new Map(
    calls.map((call, i) => [keyText(call.key), { call, bytes: packed[i]?.bytes as Buffer }]),
  );
  const there = await db.query<Pick<Row, "key" | "sum" | "bytes">>(
    `SELECT key, sum, bytes FROM ${SCHEMA}.calls WHERE key = ANY($1::bytea[])`,
    [calls.map(({ key }) => Buffer.from(key))],
  );
  const different = there.filter(({ key, bytes }) => !mine.get(keyText(key))?.bytes.equals(bytes));
  const others = different.map(callOf);
  const damaged = different.filter((_, i) => others[i] === undefined);
  if (damaged.length > 0) {
    await db.query(
      `DELETE FROM ${SCHEMA}.calls USING unnest($1::bytea[], $2::int[]) AS bad (key, sum)
      WHERE calls.key = bad.key AND calls.sum = bad.sum`,
      [damaged.map(({ key }) => key), damaged.map(({ sum }) => sum)],
    );
    const lost = damaged.flatMap(({ key }) => mine.get(keyText(key))?.call ?? []);
    others.push(...(await appendSome(db, writer, lost)));
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
