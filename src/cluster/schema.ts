import { UsageError } from "../core/errors.ts";
import type { Database } from "./database.ts";
import { SCHEMA } from "./schema-name.ts";
import { TRAFFIC_TABLES } from "./traffic-leases.ts";

const SCHEMA_VERSION = 1;

/** Held while tables are made, so that two who start together do not make them twice: "APMS" in ASCII. */
const LOCK = 0x41504d53;

/**
 * `seq` and `xid` order what was added: see `callLog`. Artifacts are few and may be large; calls are many and small.
 */
const TABLES = `
  CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.about (version int NOT NULL);
  ALTER TABLE ${SCHEMA}.about ADD COLUMN IF NOT EXISTS log uuid NOT NULL DEFAULT gen_random_uuid();
  INSERT INTO ${SCHEMA}.about (version) SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (SELECT FROM ${SCHEMA}.about);
  CREATE SEQUENCE IF NOT EXISTS ${SCHEMA}.writers AS int CYCLE;
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.calls (
    key bytea PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    writer int NOT NULL,
    sum int NOT NULL,
    bytes bytea NOT NULL
  );
  CREATE INDEX IF NOT EXISTS calls_order ON ${SCHEMA}.calls (xid, seq);
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.artifacts (
    kind text,
    key bytea,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    writer int NOT NULL,
    sum int NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (kind, key)
  );
  CREATE INDEX IF NOT EXISTS artifacts_order ON ${SCHEMA}.artifacts (xid, seq);
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.runs (
    id text PRIMARY KEY,
    version text NOT NULL,
    prompts text NOT NULL,
    config jsonb NOT NULL,
    stopped text,
    seen timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.failures (job uuid NOT NULL, attempt int NOT NULL, PRIMARY KEY (job, attempt));
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.budgets (
    run text PRIMARY KEY,
    most_calls float8 NOT NULL,
    most_usd float8 NOT NULL,
    taken_calls float8 NOT NULL DEFAULT 0,
    taken_usd float8 NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.leases (
    id uuid PRIMARY KEY,
    run text NOT NULL,
    calls float8 NOT NULL,
    usd float8 NOT NULL,
    ends timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false
  );
  CREATE TABLE IF NOT EXISTS ${SCHEMA}.workers (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL,
    run text,
    job text,
    calls bigint NOT NULL DEFAULT 0,
    rate real NOT NULL DEFAULT 0,
    waiting int NOT NULL DEFAULT 0,
    seen timestamptz NOT NULL DEFAULT now()
  );
  ${TRAFFIC_TABLES}
`;

/**
 * Makes the tables where they are missing.
 * @throws UsageError for those of a newer version; ApmError when the user may not create them
 */
export async function prepareSchema(db: Database): Promise<void> {
  await db.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${TABLES} COMMIT;`);
  const [about] = await db.query<{ version: number }>(`SELECT version FROM ${SCHEMA}.about`);
  if (about?.version === SCHEMA_VERSION) return;
  throw new UsageError(
    `the database has schema ${about?.version}, this version of apm-bench knows ${SCHEMA_VERSION}`,
    { where: db.address, remedy: "use the apm-bench that made it, or another database" },
  );
}

/** What tells this log from that of any other database, or of this one before it was dropped. */
export async function logName(db: Database): Promise<string> {
  const [row] = await db.query<{ log: string }>(`SELECT log::text FROM ${SCHEMA}.about`);
  return row?.log ?? "";
}
