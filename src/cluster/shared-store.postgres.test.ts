import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../test/support/postgres.ts";
import { tcpProxy } from "../../test/support/tcp-proxy.ts";
import { contentKey } from "../core/hash.ts";
import type { Store, StoredCall } from "../core/ports/store.ts";
import { systemClock } from "../providers/decorators/system-clock.ts";
import { memoryStore } from "../store/memory.ts";
import { callLog } from "./call-log.ts";
import { type Database, openDatabase } from "./database.ts";
import { prepareSchema } from "./schema.ts";
import { type SharedStore, sharedStore } from "./shared-store.ts";

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

const call = (text: string): StoredCall => ({ text, finishReason: "stop", inputTokens: 1, outputTokens: 1 });
const key = contentKey;
const newDatabase = (): string => postgres.database(`shared${databases++}`);

async function machine(url: string, { strict = false, local = memoryStore() } = {}): Promise<SharedStore> {
  const db = await openDatabase(url, { clock: systemClock, where: "--queue" });
  open.push(db);
  await prepareSchema(db);
  return sharedStore(local, await callLog(db), { clock: systemClock, strict, local: new Set(["draft"]) });
}

describe("a store that machines share", () => {
  it("gives each what the others have asked and made, but for work in progress", async () => {
    const url = newDatabase();
    const [a, b] = [await machine(url), await machine(url)];
    a.putCall(key("x"), call("from a"));
    a.putArtifact("router", key("r"), new Uint8Array([1, 2]));
    a.putArtifact("draft", key("d"), new Uint8Array([3]));
    await a.settled();
    expect(a.traffic).toMatchObject({ pushed: 2, waiting: 0 });
    await b.pull();
    expect(b.getCall(key("x"))?.text).toBe("from a");
    expect(b.getArtifact("router", key("r"))).toEqual(new Uint8Array([1, 2]));
    expect(b.getArtifact("draft", key("d"))).toBeUndefined();
  });

  it("lets the first of two answers count for everybody, whether it is met in pushing or in pulling", async () => {
    const url = newDatabase();
    const [a, b, c] = [await machine(url), await machine(url), await machine(url)];
    a.putCall(key("x"), call("first"));
    await a.settled();
    b.putCall(key("x"), call("second"));
    await b.settled();
    c.putCall(key("x"), call("third"));
    await c.pull();
    expect([a, b, c].map((store) => store.getCall(key("x"))?.text)).toEqual(["first", "first", "first"]);
    expect([a, b, c].map(({ traffic }) => traffic.replaced)).toEqual([0, 1, 1]);
    await c.settled();
    expect(c.traffic).toMatchObject({ pushed: 0, waiting: 0 });
  });

  it("hands an answer on only once the log has it, where it is strict", async () => {
    const url = newDatabase();
    const [a, b] = [await machine(url), await machine(url, { strict: true })];
    a.putCall(key("x"), call("first"));
    await a.settled();
    b.putCall(key("x"), call("second"));
    await b.kept();
    expect(b.getCall(key("x"))?.text).toBe("first");
  });

  it("pushes by itself, at 200 calls at once and otherwise after a second", async () => {
    const store = await machine(newDatabase());
    for (let i = 0; i < 200; i++) store.putCall(key(`${i}`), call(`${i}`));
    await expect.poll(() => store.traffic.pushed, { timeout: 60_000 }).toBe(200);
    store.putCall(key("late"), call("late"));
    expect(store.traffic.waiting).toBe(1);
    await expect.poll(() => store.traffic.pushed, { timeout: 60_000 }).toBe(201);
  });
});

describe("faults", () => {
  it("a cut network: what was asked meanwhile arrives once it is mended, each once", async () => {
    const url = newDatabase();
    const wire = await tcpProxy(postgres.port);
    const far = await machine(url.replace(/:\d+\//, `:${wire.port}/`));
    const near = await machine(url);
    far.putCall(key("before"), call("before"));
    await far.settled();
    wire.cut();
    for (let i = 0; i < 300; i++) far.putCall(key(`cut ${i}`), call(`${i}`));
    near.putCall(key("cut 7"), call("the other's"));
    await near.settled();
    expect(far.traffic.waiting).toBe(300);
    wire.mend();
    await far.settled();
    expect(far.traffic).toMatchObject({ pushed: 300, replaced: 1, waiting: 0 });
    expect(far.getCall(key("cut 7"))?.text).toBe("the other's");
    await near.pull();
    expect(near.countCalls()).toBe(301);
    await wire.close();
  });

  it("a full disk: what was paid for reaches the log all the same", async () => {
    const url = newDatabase();
    const local = memoryStore();
    const full: Store = {
      ...local,
      putCall() {
        throw new Error("no space left on the disk");
      },
    };
    const [a, b] = [await machine(url, { local: full }), await machine(url)];
    expect(() => a.putCall(key("x"), call("paid"))).toThrow(/no space/);
    await a.settled();
    await b.pull();
    expect(b.getCall(key("x"))?.text).toBe("paid");
  });
});
