import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../src/core/version.ts";
import type { FaultServer } from "../contracts/fault-server.ts";
import { foundIn, paidServer, runFlags, type Started, start, until } from "../support/cluster-run.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

const SETTINGS = [
  "pool=k2",
  'users={"train":24,"validation":4,"test":10}',
  "worlds=2",
  'methods=["none","routing","routing-oracle","rag-summary"]',
];

let postgres: TestPostgres;
let server: FaultServer & { answered(): number };
let cwd: string;
let flags: string[];
/** Calls of the run, and what it finds, when one process does it alone. */
let alone: { calls: number; found: string };
let databases = 0;
const started: Started[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  server = await paidServer(20);
  cwd = mkdtempSync(join(tmpdir(), "apm-queue-"));
  flags = runFlags(server.baseUrl, SETTINGS);
  const one = start(["run", ...flags], "one", cwd);
  expect(await one.code, one.said()).toBe(0);
  alone = { calls: server.answered(), found: foundIn(join(cwd, "one")) };
});
afterAll(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await server.close();
  await postgres.stop();
  rmSync(cwd, { recursive: true, force: true });
});

const go = (args: readonly string[], folder: string, env: object = {}): Started => {
  const command = start(args, `${databases}-${folder}`, cwd, env);
  started.push(command);
  return command;
};
const newDatabase = (): string => postgres.database(`queue${++databases}`);
const coordinate = (url: string, folder = "run"): Started => go(["run", ...flags, "--queue", url], folder);
const worker = (url: string, name: string, more: readonly string[] = []): Started =>
  go(["work", url, "--idle", "60", ...more], name);
const paidSince = (before: number): number => server.answered() - before;

async function sql<Row>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function count(url: string, table: string): Promise<number> {
  const [row] = await sql<{ count: number }>(url, `SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? Number.NaN;
}

/** Waits until a run's jobs are there. */
const begun = (url: string): Promise<void> =>
  until(async () => (await count(url, "apm_jobs.job").catch(() => 0)) > 0, "the run");

/** Ends a run's workers, as Ctrl-C does. */
async function end(...workers: readonly Started[]): Promise<void> {
  for (const { child } of workers) child.kill("SIGINT");
  await Promise.all(workers.map(({ code }) => code));
}

describe("a run on a queue", () => {
  it("finds what one process finds, and pays for each call once, whoever makes it", async () => {
    const url = newDatabase();
    const before = server.answered();
    const run = coordinate(url);
    const workers = [worker(url, "a"), worker(url, "b")];
    expect(await run.code, run.said()).toBe(0);
    await end(...workers);
    expect(foundIn(join(cwd, run.folder))).toBe(alone.found);
    expect(paidSince(before)).toBe(alone.calls);
    expect(run.said()).toMatch(/jobs: users: .* workers? · \d+ at work/);
    // A second coordinator, elsewhere, has everything from the log.
    const again = coordinate(url, "again");
    expect(await again.code, again.said()).toBe(0);
    expect(foundIn(join(cwd, again.folder))).toBe(alone.found);
    expect(paidSince(before)).toBe(alone.calls);
  });

  it("outlives killed workers, a crashed PostgreSQL and a killed coordinator", async () => {
    const url = newDatabase();
    const before = server.answered();
    const first = coordinate(url);
    const twin = coordinate(url, "twin");
    const victim = worker(url, "victim");
    await until(() => paidSince(before) > 100, "work to begin");
    victim.child.kill("SIGKILL");
    first.child.kill("SIGKILL");
    const other = worker(url, "other");
    await until(() => paidSince(before) > alone.calls / 2, "half of the work");
    await postgres.crash();
    await postgres.start();
    expect(await twin.code, twin.said()).toBe(0);
    expect(foundIn(join(cwd, twin.folder))).toBe(alone.found);
    expect(await count(url, "apm_bench.calls")).toBe(alone.calls);
    // In flight, and what a second has brought: the killed worker's alone.
    expect(paidSince(before) - alone.calls).toBeLessThan(500);
    const first2 = coordinate(url);
    expect(await first2.code, first2.said()).toBe(0);
    expect(foundIn(join(cwd, first2.folder))).toBe(alone.found);
    await end(other);
  });

  it("has what a killed worker had not sent from its folder, when a worker goes on there", async () => {
    const url = newDatabase();
    const before = server.answered();
    const first = worker(url, "folder");
    const run = coordinate(url);
    await until(() => paidSince(before) > alone.calls / 3, "some calls");
    const sent = await count(url, "apm_bench.calls");
    await postgres.crash();
    await until(() => paidSince(before) > sent + 80, "calls that cannot be sent");
    first.child.kill("SIGKILL");
    await first.code;
    await postgres.start();
    const again = start(["work", url, "--idle", "60"], first.folder, cwd);
    started.push(again);
    expect(await run.code, run.said()).toBe(0);
    expect(foundIn(join(cwd, run.folder))).toBe(alone.found);
    expect(again.said()).toMatch(/sends \d+ calls of this folder that an earlier worker may not have sent/);
    expect(paidSince(before)).toBeLessThanOrEqual(alone.calls + 8); // those in flight
    await end(again);
  });

  it("is left by a worker that is stopped while the database is away, which says what it has not sent", async () => {
    const url = newDatabase();
    const before = server.answered();
    const stopped = worker(url, "stopped");
    const run = coordinate(url);
    await until(() => paidSince(before) > alone.calls / 3, "some calls");
    await postgres.crash();
    stopped.child.kill("SIGTERM");
    expect(await stopped.code).not.toBe(0);
    expect(stopped.said()).toMatch(
      /\d+ calls are not in the log yet: `--out \S+` has the next worker send them/,
    );
    await postgres.start();
    const again = start(["work", url, "--idle", "60"], stopped.folder, cwd);
    started.push(again);
    expect(await run.code, run.said()).toBe(0);
    expect(paidSince(before)).toBe(alone.calls);
    await end(again);
  });

  it("gives jobs up after some tries, says why, and tries them again with the next command", async () => {
    const url = newDatabase();
    const lost = runFlags("http://127.0.0.1:9/v1", SETTINGS);
    const run = go(["run", ...lost, "--queue", url], "run");
    const workers = Array.from({ length: 2 }, (_, i) => worker(url, `lost-${i}`));
    // A worker that can do nothing leaves.
    for (const { code, said } of workers) expect(await code, said()).toBe(1);
    expect(workers[0]?.said()).toMatch(/failed: .*127\.0\.0\.1:9/);
    run.child.kill("SIGINT");
    expect(await run.code).toBe(3);
  });

  it("is refused by a worker of another version or other prompts, which does nothing", async () => {
    const url = newDatabase();
    const run = coordinate(url);
    await begun(url);
    await sql(url, "UPDATE apm_bench.runs SET version = '0.0.1'");
    const other = worker(url, "other");
    expect(await other.code).toBe(2);
    expect(other.said()).toMatch(/cannot take part in run \w+: it is of apm-bench 0\.0\.1/);
    await sql(url, "UPDATE apm_bench.runs SET version = $1, prompts = 'others'", [VERSION]);
    const prompts = worker(url, "prompts");
    expect(await prompts.code).toBe(2);
    expect(prompts.said()).toMatch(/its prompts are others/);
    run.child.kill("SIGINT");
    await run.code;
  });
});

describe("what stands in the database", () => {
  it("starts no program and gets no key of the worker's environment that it was not allowed", async () => {
    const url = newDatabase();
    const run = coordinate(url);
    await begun(url);
    const marker = join(cwd, "started");
    await sql(
      url,
      `UPDATE apm_bench.runs SET config = jsonb_set(jsonb_set(config, '{models,judge,apiKeyEnv}', '"SECRET"'),
         '{models,judge,serve}', to_jsonb($1::text))`,
      [`touch ${marker}`],
    );
    const refused = go(["work", url, "--idle", "60"], "refused", { SECRET: "hidden" });
    expect(await refused.code).toBe(2);
    expect(refused.said()).toMatch(/SECRET/);
    expect(refused.said()).not.toMatch(/hidden/);
    const before = server.log.length;
    expect(await count(url, "apm_bench.calls")).toBe(0);
    expect(server.log.slice(before).some(({ authorization }) => authorization?.includes("hidden"))).toBe(
      false,
    );
    expect(existsSync(marker)).toBe(false);
    run.child.kill("SIGINT");
    await run.code;
  });

  it("is asked for with a password that is never shown", async () => {
    const url = postgres.url.replace("apm@", "apm:hush-hush@").replace(/:\d+\//, ":1/");
    const run = go(["run", "--queue", url], "away");
    expect(await run.code).toBe(2);
    expect(run.said()).toMatch(/the database does not answer/);
    expect(run.said()).not.toMatch(/hush-hush/);
  });
});

describe("a budget", () => {
  it("holds over all machines, to the call, and a higher one goes on where it was", async () => {
    const url = newDatabase();
    const before = server.answered();
    const limited = (calls: number): string[] => [
      "run",
      ...flags,
      "--queue",
      url,
      "--set",
      `budget.calls=${calls}`,
    ];
    const run = go(limited(300), "run");
    const workers = [worker(url, "a"), worker(url, "b")];
    expect(await run.code, run.said()).toBe(3);
    expect(run.said()).toMatch(/the budget of all machines/);
    expect(paidSince(before)).toBe(300);
    const again = go(limited(100_000), "run");
    expect(await again.code, again.said()).toBe(0);
    await end(...workers);
    expect(foundIn(join(cwd, again.folder))).toBe(alone.found);
    expect(paidSince(before)).toBe(alone.calls);
  });
});

describe("clocks", () => {
  /** A process whose wall clock is wrong, in all of its threads; monotonic time passes as it does. */
  const shifted = (ms: number): object => {
    const code = `const D=Date;globalThis.Date=class extends D{
      constructor(...a){if(a.length>0)super(...a);else super(D.now()+${ms})}
      static now(){return D.now()+${ms}}}`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
  };
  const HOUR_MS = 3_600_000;

  it("that are wrong by an hour lose no job, no lease and no call", async () => {
    const url = newDatabase();
    const before = server.answered();
    const limits = ["--set", "budget.calls=100000"];
    const run = go(["run", ...flags, ...limits, "--queue", url], "run", shifted(2 * HOUR_MS));
    const ahead = go(["work", url, "--idle", "60"], "ahead", shifted(HOUR_MS));
    const behind = go(["work", url, "--idle", "60"], "behind", shifted(-HOUR_MS));
    expect(await run.code, run.said()).toBe(0);
    await end(ahead, behind);
    for (const { said } of [ahead, behind]) expect(said()).toMatch(/[1-9]\d* jobs done/);
    const record = JSON.parse(readFileSync(join(cwd, run.folder, "run.json"), "utf8"));
    expect(Date.parse(record.startedAt) - Date.now()).toBeGreaterThan(HOUR_MS); // the clock was wrong indeed
    expect(foundIn(join(cwd, run.folder))).toBe(alone.found);
    expect(paidSince(before)).toBe(alone.calls);
    const [job] = await sql<{ again: number }>(
      url,
      "SELECT sum(retry_count)::int AS again FROM apm_jobs.job",
    );
    expect(job?.again).toBe(0);
    // Leases that were in use have come back, but for what was spent of them.
    const [budget] = await sql<{ taken: number }>(url, "SELECT taken_calls AS taken FROM apm_bench.budgets");
    expect(budget?.taken).toBe(alone.calls);
  });

  it("that are wrong do not hide a worker that is gone", async () => {
    const url = newDatabase();
    const before = server.answered();
    const run = go(["run", ...flags, "--queue", url], "run", shifted(-HOUR_MS));
    const victim = go(["work", url, "--idle", "60"], "victim", shifted(HOUR_MS));
    await until(() => paidSince(before) > 100, "work to begin");
    victim.child.kill("SIGKILL");
    const other = go(["work", url, "--idle", "60"], "other", shifted(-2 * HOUR_MS));
    expect(await run.code, run.said()).toBe(0);
    await end(other);
    expect(foundIn(join(cwd, run.folder))).toBe(alone.found);
  });
});
