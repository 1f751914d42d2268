import { afterAll, beforeAll, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../test/support/postgres.ts";
import type { TrafficLease, TrafficLeases } from "../core/ports/traffic-leases.ts";
import { trafficLimiter } from "../providers/decorators/limiter.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { type Database, openDatabase } from "./database.ts";
import { prepareSchema } from "./schema.ts";
import { SCHEMA } from "./schema-name.ts";
import { trafficLeasesOf } from "./traffic-leases.ts";

let postgres: TestPostgres;
let dbs: Database[];

beforeAll(async () => {
  postgres = await startPostgres();
  const url = postgres.database("traffic");
  dbs = await Promise.all(
    Array.from({ length: 4 }, () => openDatabase(url, { clock: systemClock, where: "--queue" })),
  );
  for (const db of dbs) await prepareSchema(db);
});
afterAll(async () => {
  await Promise.all(dbs.map((db) => db.close()));
  await postgres.stop();
});

const first = (): Database => dbs[0] as Database;
/** Lets time pass in the database, for one limit. */
const age = (seconds: number): Promise<unknown> =>
  first().query(
    `WITH one AS (UPDATE ${SCHEMA}.traffic SET due = due - interval '${seconds} seconds')
     UPDATE ${SCHEMA}.traffic_leases SET ends = ends - interval '${seconds} seconds'`,
  );
async function took(leases: TrafficLeases, limit: string, perMinute: number, least: number, most: number) {
  const found = await leases.take(limit, perMinute, least, most);
  if ("waitMs" in found) throw new Error(`nothing for ${found.waitMs} ms`);
  return found as TrafficLease;
}

it("several workers start no more requests in any minute than one server allows, and nearly as many", async () => {
  const requestsPerMinute = 600;
  const starts: number[] = [];
  const until = performance.now() + 90_000;
  const worker = async (db: Database): Promise<void> => {
    const limits = {
      concurrency: 20,
      requestsPerMinute,
      leases: { leases: trafficLeasesOf(db), name: "http://gpu:8000/v1 m" },
    };
    const limiter = trafficLimiter(limits, systemClock);
    const lane = async (): Promise<void> => {
      while (performance.now() < until) await limiter.run(0, async () => void starts.push(performance.now()));
    };
    await Promise.all(Array.from({ length: 20 }, lane));
  };
  // The fourth comes later, and one of the others stops in the middle.
  await Promise.all(
    dbs.map(async (db, i) => {
      if (i === 3) await new Promise((resolve) => setTimeout(resolve, 20_000));
      await worker(db);
    }),
  );
  const within = starts.map((from) => starts.filter((at) => at >= from && at < from + 60_000).length);
  expect(Math.max(...within)).toBeLessThanOrEqual(requestsPerMinute);
  expect(Math.max(...within)).toBeGreaterThan(0.85 * requestsPerMinute);
});

it("what is not used comes back, and what was used beyond a forecast is made up for", async () => {
  const leases = trafficLeasesOf(first());
  const all = await took(leases, "tokens a", 600, 600, 600);
  expect(all.units).toBe(600);
  expect(await leases.take("tokens a", 600, 1, 1)).toHaveProperty("waitMs");
  // Twice, as when an answer of the database is lost.
  for (let times = 0; times < 2; times++) await leases.settle(all.id, 5);
  await age(1); // for the seconds of a minute
  expect((await took(leases, "tokens a", 600, 590, 590)).units).toBe(590);
  await age(70);
  const low = await took(leases, "tokens a", 600, 100, 100);
  await leases.settle(low.id, 560);
  await age(58);
  expect(await leases.take("tokens a", 600, 100, 100)).toHaveProperty("waitMs");
  await age(6);
  expect((await took(leases, "tokens a", 600, 100, 100)).units).toBe(100);
});

it("a call that is larger than a minute's allowance goes alone", async () => {
  const leases = trafficLeasesOf(first());
  const large = await took(leases, "tokens b", 1_000, 3_000, 3_000);
  expect(large.units).toBe(3_000);
  await age(59);
  expect(await leases.take("tokens b", 1_000, 10, 10)).toHaveProperty("waitMs");
  await age(130);
  expect((await took(leases, "tokens b", 1_000, 10, 100)).units).toBe(16);
});

it("servers and models have limits of their own", async () => {
  const leases = trafficLeasesOf(first());
  for (const limit of ["requests http://a/v1 m", "requests http://b/v1 m", "requests http://a/v1 n"])
    expect((await took(leases, limit, 60, 1, 5)).units).toBe(1);
  expect(await leases.take("requests http://a/v1 m", 60, 1, 5)).toHaveProperty("waitMs");
});
