import type { Pool } from "pg";
import { ApmError, UsageError } from "../core/errors.ts";
import type { Clock } from "../core/ports/clock.ts";
import { checkAddress, shownAddress } from "./address.ts";

/** A PostgreSQL, as far as it is needed: one statement at a time, each a transaction of its own. */
export interface Database {
  /**
   * Waits while the server is away (restarted, network cut) and sends the statement again: it must be one that may be
   * carried out twice. @throws ApmError once patience is used up, or for what no repetition mends
   */
  query<Row = unknown>(text: string, values?: unknown[]): Promise<Row[]>;
  /** How long ago the server came back after it was away; infinite when it never was. */
  sinceBackMs(): number;
  /** Without the password. */
  readonly address: string;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly clock: Clock;
  /** Where the address came from, for messages. */
  readonly where: string;
  /** How long a server that is away is waited for. */
  readonly patienceMs?: number;
  /** Once it is aborted, a server that is away is waited for some seconds more and no longer. */
  readonly stop?: AbortSignal;
  /** Told once when the server is away, and once when it is back. */
  readonly notice?: (words: string) => void;
}

const PATIENCE_MS = 10 * 60_000;
const STOPPING_MS = 5_000;
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 2_000;
/** A network that swallows packets is noticed by this. */
const QUERY_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 4;

/**
 * Connects to a PostgreSQL.
 * @throws UsageError for a wrong address, a server that cannot be reached, or `pg` not being installed
 */
export async function openDatabase(url: string, options: DatabaseOptions): Promise<Database> {
  const { clock, where, patienceMs = PATIENCE_MS, stop, notice = () => {} } = options;
  checkAddress(url, where);
  const address = shownAddress(url);
  const pool = await poolFor(url, where);
  // Idle connections that break are replaced when they are needed.
  pool.on("error", () => {});
  let isAway = false;
  let backAt = Number.NEGATIVE_INFINITY;
  let stoppedAt = Number.POSITIVE_INFINITY;
  const stopping = (): void => {
    stoppedAt = clock.now();
  };
  stop?.addEventListener("abort", stopping, { once: true });
  if (stop?.aborted) stopping();

  const send = async <Row>(text: string, values: unknown[] | undefined): Promise<Row[]> => {
    const answer = await (values === undefined ? pool.query(text) : pool.query(text, values));
    // Several statements in one text have several answers.
    return [answer].flat().flatMap(({ rows }) => rows as Row[]);
  };
  const query = async <Row>(text: string, values?: unknown[]): Promise<Row[]> => {
    const since = clock.now();
    for (let rest = FIRST_REST_MS; ; rest = Math.min(2 * rest, LONGEST_REST_MS)) {
      try {
        const rows = await send<Row>(text, values);
        if (isAway) {
          notice(`the database at ${address} answers again`);
          backAt = clock.now();
        }
        isAway = false;
        return rows;
      } catch (error) {
        if (!mayPass(error)) throw failed(error, address);
        const now = clock.now();
        if (now - since > patienceMs || now - stoppedAt > STOPPING_MS) throw failed(error, address);
        if (!isAway) notice(`the database at ${address} does not answer (${wordsOf(error)}); waiting for it`);
        isAway = true;
        await new Promise<void>((resolve) => clock.after(rest, resolve));
      }
    }
  };

  try {
    await send("SELECT 1", undefined);
  } catch (error) {
    await pool.end();
    throw new UsageError(`the database does not answer: ${wordsOf(error)}`, {
      where: `${where}, ${address}`,
      remedy: "start it, or mend the address (docs/cluster.md tells how to start a PostgreSQL)",
    });
  }
  const sinceBackMs = (): number => (isAway ? 0 : clock.now() - backAt);
  const close = (): Promise<void> => {
    stop?.removeEventListener("abort", stopping);
    return pool.end();
  };
  return { query, sinceBackMs, address, close };
}

async function poolFor(url: string, where: string): Promise<Pool> {
  try {
    const { default: pg } = await import("pg");
    return new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      application_name: "apm-bench",
      allowExitOnIdle: true,
    });
  } catch (cause) {
    throw missingPackages(cause, where) ?? cause;
  }
}

/** What to say when an optional package cannot be loaded; `undefined` for another error. */
export function missingPackages(cause: unknown, where: string): UsageError | undefined {
  if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") return undefined;
  return new UsageError("the packages for a queue on PostgreSQL are not installed", {
    where,
    remedy: "install them beside apm-bench: npm install pg pg-boss",
    cause,
  });
}

/** Connection lost (08), shut down or not up yet (57P0x), too many connections, deadlock, serialisation. */
const PASSING = /^(08\w{3}|57P0\d|53300|40001|40P01)$/;

/** Whether a failure may be over with the next try: anything but an answer of a server that works. */
function mayPass(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  // Two who make the same schema or table at the same time.
  if (code === "23505" && String(constraint).startsWith("pg_")) return true;
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code) || code === "EPIPE") return true;
  return PASSING.test(code);
}

function failed(error: unknown, address: string): ApmError {
  return new ApmError(`the database has refused or lost a statement: ${wordsOf(error)}`, {
    where: address,
    remedy:
      "see that it runs and that its user may create tables; the same command goes on where it was (docs/cluster.md)",
    cause: error,
  });
}

/** Several addresses of one name fail with an error that has no words of its own. */
function wordsOf(error: unknown): string {
  const { message, errors } = error as { message?: string; errors?: readonly Error[] };
  return message || errors?.[0]?.message || String(error);
}
