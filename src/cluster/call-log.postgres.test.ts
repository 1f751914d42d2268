import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../test/support/postgres.ts";
import { contentKey } from "../core/hash.ts";
import type { CallLog, LoggedCall } from "../core/ports/call-log.ts";
import type { StoredCall } from "../core/ports/store.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { callLog } from "./call-log.ts";
import { type Database, openDatabase } from "./database.ts";
import { prepareSchema } from "./schema.ts";
import { SCHEMA } from "./schema-name.ts";

let postgres: TestPostgres;
let databases = 0;
const open: Database[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await Promise.all(open.map((db) => db.close()));
  await postgres.stop();
});

async function connect(url: string): Promise<Database> {
  const db = await openDatabase(url, { clock: systemClock, where: "--queue" });
  open.push(db);
  await prepareSchema(db);
  return db;
}

/** Logs of several machines on one new database. */
async function logs(count: number): Promise<{ url: string; logs: CallLog[] }> {
  const url = postgres.database(`log${databases++}`);
  const all = Array.from({ length: count }, async () => callLog(await connect(url)));
  return { url, logs: await Promise.all(all) };
}

const call = (text: string): StoredCall => ({
  text,
  finishReason: "stop",
  inputTokens: 3,
  outputTokens: 70_000,
});
const logged = (name: string, text = name): LoggedCall => ({ key: contentKey(name), call: call(text) });

/** Texts of the calls of one pull. */
async function pulled(log: CallLog): Promise<string[]> {
  const texts: string[] = [];
  await log.pull(({ calls }) => void texts.push(...calls.map((it) => it.call.text)));
  return texts.sort();
}

describe("calls", () => {
  it("travel to others whole, each once", async () => {
    const [a, b] = (await logs(2)).logs as [CallLog, CallLog];
    const long: LoggedCall = {
      key: contentKey("long"),
      call: {
        ...call("ü".repeat(5000)),
        finishReason: "length",
        reasoning: "because",
        logprobs: [{ token: "7", logprob: -0.5, top: [{ token: "8", logprob: -1 }] }],
      },
    };
    expect(await a.appendCalls([long, logged("short")])).toEqual([]);
    const found: LoggedCall[] = [];
    await b.pull(({ calls }) => void found.push(...calls));
    expect(found.map((it) => it.call)).toEqual(expect.arrayContaining([long.call, call("short")]));
    expect(await pulled(b)).toEqual([]);
    expect(await pulled(a)).toEqual([]); // has them
  });

  it("of two answers the first counts; equal ones are no conflict", async () => {
    const [a, b] = (await logs(2)).logs as [CallLog, CallLog];
    await a.appendCalls([logged("x", "first"), logged("same")]);
    const others = await b.appendCalls([logged("new"), logged("x", "second"), logged("same")]);
    expect(others.map((it) => [Buffer.from(it.key), it.call.text])).toEqual([
      [Buffer.from(contentKey("x")), "first"],
    ]);
    expect(await pulled(a)).toEqual(["new"]);
  });

  it("go in by thousands, from several at once, in whatever order", async () => {
    const { logs: all } = await logs(3);
    const calls = Array.from({ length: 2500 }, (_, i) => logged(`${i}`));
    const shuffled = [calls, [...calls].reverse(), [...calls.slice(900), ...calls.slice(0, 900)]];
    await Promise.all(all.map((log, i) => log.appendCalls(shuffled[i] as LoggedCall[])));
    const counts = await Promise.all(all.map(async (log) => (await pulled(log)).length));
    // Each is told of what the two others have added.
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(2 * 2500);
  });

  it("are read in the order in which they came, over many pages, also where that of their texts is another", async () => {
    const [a, b] = (await logs(2)).logs as [CallLog, CallLog];
    // A page ends within the thousand rows whose numbers gain a digit.
    await a.appendCalls(Array.from({ length: 500 }, (_, n) => logged(`first ${n}`)));
    await a.appendCalls(Array.from({ length: 12_000 }, (_, n) => logged(`${n}`)));
    expect(new Set(await pulled(b)).size).toBe(12_500);
    expect(await pulled(b)).toEqual([]);
  });

  it("that have changed on their way are left out, and mended by whoever asks again", async () => {
    const { url, logs: all } = await logs(2);
    const [a, b] = all as [CallLog, CallLog];
    await a.appendCalls([logged("x"), logged("y")]);
    const db = await connect(url);
    await db.query(`UPDATE ${SCHEMA}.calls SET bytes = set_byte(bytes, 20, 65) WHERE key = $1`, [
      Buffer.from(contentKey("x")),
    ]);
    const texts: string[] = [];
    expect(await b.pull(({ calls }) => void texts.push(...calls.map((it) => it.call.text)))).toBe(1);
    expect(texts).toEqual(["y"]);
    expect(await b.appendCalls([logged("x", "again")])).toEqual([]);
    expect(await pulled(a)).toContain("again");
  });
});

describe("a pull", () => {
  it("passes over nothing that a transaction of before commits later", async () => {
    const { url, logs: all } = await logs(1);
    const [log] = all as [CallLog];
    const [early, late] = (await Promise.all(
      [0, 1].map(async () => {
        const client = new Client(url);
        await client.connect();
        return client;
      }),
    )) as [Client, Client];
    const insert = (client: Client, name: string) =>
      client.query(
        `INSERT INTO ${SCHEMA}.calls (key, writer, sum, bytes) SELECT $1, 99, sum, bytes FROM ${SCHEMA}.calls LIMIT 1`,
        [Buffer.from(name.padEnd(16))],
      );
    // Checksums hold the key, so a copied row counts as damaged: how many were seen is told all the same.
    const seen = (): Promise<number> => log.pull(() => {});
    await log.appendCalls([logged("template")]);
    await early.query("BEGIN");
    await insert(early, "early"); // has its numbers now
    await insert(late, "late"); // commits at once, with higher ones
    expect(await seen()).toBe(1); // the late one is seen at once
    await early.query("COMMIT");
    expect(await seen()).toBe(2); // the early one has not slipped under the cursor; the late one comes again
    expect(await seen()).toBe(0);
    await Promise.all([early.end(), late.end()]);
  });
});

describe("artifacts", () => {
  it("travel, and the first of a kind and key counts", async () => {
    const [a, b] = (await logs(2)).logs as [CallLog, CallLog];
    const made = (kind: string, byte: number) => ({
      kind,
      key: contentKey("k"),
      bytes: new Uint8Array([byte, 0, 255]),
    });
    expect(await a.appendArtifacts([made("router", 1), made("adapter", 2)])).toEqual([]);
    const others = await b.appendArtifacts([made("router", 9), made("adapter", 2)]);
    expect(others.map(({ kind, bytes }) => [kind, ...bytes])).toEqual([["router", 1, 0, 255]]);
    const found: string[] = [];
    await b.pull(({ artifacts }) => void found.push(...artifacts.map(({ kind }) => kind)));
    expect(found.sort()).toEqual(["adapter", "router"]);
  });
});

describe("a database that goes away", () => {
  it("is waited for, and nothing is added twice or lost", async () => {
    const { url } = await logs(1);
    const words: string[] = [];
    const db = await openDatabase(url, {
      clock: systemClock,
      where: "--queue",
      notice: (it) => void words.push(it),
    });
    open.push(db);
    const log = await callLog(db);
    await log.appendCalls([logged("before")]);
    await postgres.crash();
    const added = log.appendCalls([logged("while")]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await postgres.start();
    expect(await added).toEqual([]);
    const [count] = await db.query<{ count: string }>(`SELECT count(*) FROM ${SCHEMA}.calls`);
    expect(count?.count).toBe("2");
    expect(words.map((it) => /does not answer|answers again/.exec(it)?.[0])).toEqual([
      "does not answer",
      "answers again",
    ]);
  });
});
