import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../test/support/postgres.ts";
import { fingerprint } from "../core/hash.ts";
import type { JobQueue, NewJob, TakenJob } from "../core/ports/job-queue.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { type Database, openDatabase } from "./database.ts";
import { openJobs } from "./jobs.ts";
import { keepPresence, newPresence } from "./presence.ts";
import { prepareSchema } from "./schema.ts";

let postgres: TestPostgres;
let db: Database;
let queue: JobQueue;

beforeAll(async () => {
  postgres = await startPostgres();
  db = await openDatabase(postgres.database("jobs"), { clock: systemClock, where: "--queue" });
  await prepareSchema(db);
  queue = await openJobs(db, "--queue", { watches: true });
});
afterAll(async () => {
  await queue.close();
  await db.close();
  await postgres.stop();
});

const job = (name: string, group?: string): NewJob => ({
  ...{ id: fingerprint(name, 32), name, work: { name } },
  group,
});
async function take(run: string): Promise<TakenJob> {
  const taken = await queue.take(run);
  if (taken === undefined) throw new Error("no job");
  return taken;
}

describe("jobs", () => {
  it("are added once, handed out once, and done with what they found", async () => {
    await queue.add("a", [job("1"), job("2")]);
    await queue.add("a", [job("2"), job("1"), job("3")]);
    expect(await queue.counts("a")).toEqual({ waiting: 3, active: 0, done: 0, failed: 0 });
    const taken = [await take("a"), await take("a"), await take("a")];
    expect(taken.map(({ name }) => name).sort()).toEqual(["1", "2", "3"]);
    expect(await queue.take("a")).toBeUndefined();
    for (const it of taken) expect(await queue.done(it, { failed: 2 })).toBe(true);
    expect(await queue.counts("a")).toEqual({ waiting: 0, active: 0, done: 3, failed: 0 });
    expect([...(await queue.outcomes("a")).values()]).toEqual([{ failed: 2 }, { failed: 2 }, { failed: 2 }]);
    await queue.add("a", [job("1")]); // a finished one is not done again
    expect(await queue.take("a")).toBeUndefined();
  });

  it("of one group are never done at the same time", async () => {
    await queue.add("b", [job("b1", "same"), job("b2", "same"), job("b3")]);
    const [one, two] = [await take("b"), await take("b")];
    expect(await queue.take("b")).toBeUndefined();
    const first = one.name === "b3" ? two : one;
    await queue.done(first, {});
    expect((await take("b")).name).toMatch(/b[12]/);
  });

  it("that fail are tried ten times, then given up with the last reason, and tried anew on request", async () => {
    await queue.add("c", [job("c1")]);
    for (let i = 1; i <= 10; i++) await queue.failed(await take("c"), `reason ${i}`);
    expect(await queue.take("c")).toBeUndefined();
    expect(await queue.failures("c")).toMatchObject([{ name: "c1", reason: "reason 10", tries: 10 }]);
    expect(await queue.counts("c")).toEqual({ waiting: 0, active: 0, done: 0, failed: 1 });
    expect(await queue.retryFailed("c")).toBe(1);
    await queue.failed(await take("c"), "again");
    expect(await queue.done(await take("c"), {})).toBe(true);
  });

  it("whose worker is silent are handed to another before all others, and the first one's word counts no more", async () => {
    await queue.add("d", [job("d1"), job("d2"), job("d3"), job("d4")]);
    const [lost, kept] = [await take("d"), await take("d")];
    const alive = setInterval(() => void queue.touch(kept), 2_000);
    let other: TakenJob | undefined;
    await expect
      .poll(async () => (other ??= await queue.take("d", "lost"))?.name, { timeout: 60_000, interval: 500 })
      .toBe(lost.name);
    clearInterval(alive);
    expect(other?.attempt).toBe(1);
    // Those that nobody had are left, and one that failed is as any other again.
    await queue.failed(other as TakenJob, "no reason");
    expect(await queue.take("d", "lost")).toBeUndefined();
    const rest = [await take("d"), await take("d"), await take("d")];
    other = rest.find(({ name }) => name === lost.name);
    expect(await queue.done(lost, {})).toBe(false);
    expect(await queue.done(other as TakenJob, {})).toBe(true);
    expect(await queue.done(kept, {})).toBe(true);
  });

  it("whose worker lost its connection are handed on once it has missed a beat; one who is connected or heard keeps them", async () => {
    const url = db.address;
    const worker = async (): Promise<{ queue: JobQueue; presence: number }> => {
      const presence = await newPresence(db);
      return { presence, queue: await openJobs(db, "--queue", { presence }) };
    };
    const [gone, connected, heard] = [await worker(), await worker(), await worker()];
    const leave = await new Promise<() => Promise<void>>((resolve) => {
      const end = keepPresence(url, connected.presence, systemClock, () =>
        resolve(() => end.then((it) => it())),
      );
    });
    await queue.add("e", [job("e1"), job("e2"), job("e3")]);
    const own = [await gone.queue.take("e"), await connected.queue.take("e"), await heard.queue.take("e")];
    const names = own.map((it) => it?.name);
    const alive = setInterval(() => void heard.queue.touch(own[2] as TakenJob), 2_000);
    await db.query("UPDATE apm_jobs.job SET heartbeat_seconds = 3600 WHERE name = 'apm.e'"); // silence alone is no matter
    await db.query(
      "UPDATE apm_jobs.job SET heartbeat_on = now() - interval '6 seconds' WHERE name = 'apm.e' AND data->>'name' <> $1",
      [names[2]],
    );
    let other: TakenJob | undefined;
    await expect
      .poll(async () => (other ??= await queue.take("e", "lost"))?.name, { timeout: 60_000, interval: 100 })
      .toBe(names[0]);
    expect(await queue.take("e", "lost")).toBeUndefined();
    // Who disappears as well is given up as well.
    await leave();
    await expect
      .poll(async () => (await queue.take("e", "lost"))?.name, { timeout: 60_000, interval: 100 })
      .toBe(names[1]);
    clearInterval(alive);
    expect(await queue.done(own[2] as TakenJob, {})).toBe(true);
    expect(await queue.done(other as TakenJob, {})).toBe(true);
    for (const { queue: used } of [gone, connected, heard]) await used.close();
  });
});
