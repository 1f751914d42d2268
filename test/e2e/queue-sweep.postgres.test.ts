import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SweepRecord } from "../../src/studies/sweep/record.ts";
import type { FaultServer } from "../contracts/fault-server.ts";
import { foundIn, paidServer, runFlags, type Started, start, until } from "../support/cluster-run.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

const SETTINGS = [
  "pool=k2",
  'users={"train":12,"validation":4,"test":8}',
  "worlds=2",
  'methods=["none","routing","rag-summary"]',
];
const VARY = ["--vary", "users.train=12,18", "--vary", "methods.routing.labels=margin,soft"];

let postgres: TestPostgres;
let server: FaultServer & { answered(): number };
let cwd: string;
const started: Started[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  server = await paidServer(20);
  cwd = mkdtempSync(join(tmpdir(), "apm-queue-sweep-"));
});
afterAll(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await server.close();
  await postgres.stop();
  rmSync(cwd, { recursive: true, force: true });
});

const go = (args: readonly string[], folder: string): Started => {
  const command = start(args, folder, cwd);
  started.push(command);
  return command;
};

/** All that a sweep has found, usage aside, its cells' own runs among it. */
function swept(folder: string): string {
  const record = JSON.parse(readFileSync(join(cwd, folder, "sweep.json"), "utf8")) as SweepRecord;
  const { usage: _, cells, ...rest } = record;
  const found = cells.map(({ usage: __, ...cell }) => [cell, foundIn(join(cwd, folder, cell.folder))]);
  return JSON.stringify([rest, found]);
}

async function activeJobs(url: string): Promise<string[]> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT data->>'name' AS name FROM apm_jobs.job WHERE state = 'active'",
    );
    return rows.map(({ name }) => name as string);
  } finally {
    await client.end();
  }
}

it("a sweep on a queue finds what one process finds; a killed worker's cell is done by another", async () => {
  const flags = ["sweep", ...runFlags(server.baseUrl, SETTINGS), ...VARY];
  const one = go(flags, "one");
  expect(await one.code, one.said()).toBe(0);
  const alone = server.answered();

  const url = postgres.database("sweep");
  const sweep = go([...flags, "--queue", url], "queue");
  const victim = go(["work", url, "--idle", "120"], "victim");
  await until(
    async () => (await activeJobs(url).catch(() => [])).some((name) => name.startsWith("cell ")),
    "a cell to be begun",
    240,
  );
  victim.child.kill("SIGKILL");
  const others = ["a", "b"].map((name) => go(["work", url, "--idle", "120"], name));
  expect(await sweep.code, sweep.said()).toBe(0);
  for (const { child } of others) child.kill("SIGINT");
  await Promise.all(others.map(({ code }) => code));
  expect(swept("queue")).toBe(swept("one"));
  // Twice are paid: what the killed one had in flight or not yet sent, and what two cells ask at the same moment.
  const twice = server.answered() - 2 * alone;
  expect(twice).toBeGreaterThanOrEqual(0);
  expect(twice).toBeLessThan(300);

  // The same command finds all cells finished, and needs no worker.
  const again = go([...flags, "--queue", url], "queue");
  expect(await again.code, again.said()).toBe(0);
  expect(again.said()).toMatch(/cell 4 of 4, .*: finished before/);
  expect(swept("queue")).toBe(swept("one"));
});
