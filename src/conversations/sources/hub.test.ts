import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HubServer, hubServer } from "../../../test/support/hub-server.ts";
import { somePrompts, ultraChatParquet } from "../../../test/support/source-files.ts";
import { ApmError } from "../../core/errors.ts";
import { hubClient } from "./hub.ts";

const DATASET = { name: "owner/name" };
const TOKEN = "hf_notARealTokenOfAnyone";
const FILE = "data/train_sft-00000-of-00001-0a1b2c.parquet";
const CONTENT = ultraChatParquet(somePrompts("train", 6));
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

let hub: HubServer;
let cacheDir: string;
let notes: string[];

beforeEach(async () => {
  hub = await hubServer({ main: { [FILE]: CONTENT, "README.md": Buffer.from("read me") } });
  cacheDir = mkdtempSync(join(tmpdir(), "apm-hub-"));
  notes = [];
});
afterEach(async () => {
  await hub.close();
  rmSync(cacheDir, { recursive: true });
});

const client = (token?: string) =>
  hubClient({
    cacheDir,
    token,
    endpoint: hub.url,
    fetch,
    patientFetch: fetch,
    note: (message) => notes.push(message),
  });

/** Every byte that is left on the disk, and every word that was said. */
function leftBehind(error?: unknown): string {
  const files = readdirSync(cacheDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name + readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const { message = "", where = "", remedy = "" } = (error ?? {}) as ApmError;
  return [...files, ...notes, message, where, remedy].join("\n");
}

async function failure(task: Promise<unknown>): Promise<ApmError> {
  const error = await task.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApmError);
  return error as ApmError;
}

describe("hub client", () => {
  it("lists Parquet files alone, downloads one once and finds it again without asking", async () => {
    const shards = await client().list(DATASET);
    expect(shards.map((s) => [s.path, s.size])).toEqual([[FILE, CONTENT.length]]);
    const path = await client().fetch(DATASET, shards[0]!);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(notes).toEqual([expect.stringMatching(/^downloading owner\/name\/data\/train_sft.*MB\)$/)]);
    const asked = hub.log.length;
    expect(await client().fetch(DATASET, shards[0]!)).toBe(path);
    expect(hub.log.length).toBe(asked);
    expect(readdirSync(join(cacheDir, "hub", "owner--name")).some((name) => name.endsWith(".part"))).toBe(
      false,
    );
  });

  it("sends the token and leaves it nowhere", async () => {
    const [shard] = await client(TOKEN).list(DATASET);
    await client(TOKEN).fetch(DATASET, shard!);
    expect(hub.log.every((line) => line.endsWith(`Bearer ${TOKEN}`))).toBe(true);
    hub.failWith = 403;
    expect(leftBehind(await failure(client(TOKEN).list(DATASET)))).not.toContain(TOKEN);
  });

  it("falls back to the hub's own conversion when the main branch has no Parquet", async () => {
    hub.files.main = { "chats.jsonl": Buffer.from("{}") };
    hub.files["refs/convert/parquet"] = { "default/train/0000.parquet": CONTENT };
    const [shard] = await client().list(DATASET);
    expect(shard).toMatchObject({ path: "default/train/0000.parquet", revision: "refs/convert/parquet" });
    expect(readFileSync(await client().fetch(DATASET, shard!)).equals(CONTENT)).toBe(true);
  });

  it("uses the last listing when the network is away; a full commit is asked for once only", async () => {
    hub.files[COMMIT] = { [FILE]: CONTENT };
    const seen = await client().list(DATASET);
    await client().list({ ...DATASET, revision: COMMIT });
    const asked = hub.log.length;
    await client().list({ ...DATASET, revision: COMMIT });
    expect(hub.log.length).toBe(asked);
    await hub.close();
    expect(await client().list(DATASET)).toEqual(seen);
    expect(notes[0]).toMatch(/cannot reach the Hugging Face hub \(\w+\); using/);
  });

  it("uses what is kept at once when the hub is too busy, and waits only for what is not", async () => {
    const asked: string[] = [];
    const patient: typeof fetch = (input, init) => {
      asked.push(String(input));
      hub.failWith = undefined;
      return fetch(input, init);
    };
    const busy = hubClient({
      cacheDir,
      endpoint: hub.url,
      fetch,
      patientFetch: patient,
      note: (message) => notes.push(message),
    });
    hub.failWith = 429;
    const shards = await busy.list(DATASET);
    expect(asked.length).toBeGreaterThan(0);
    hub.failWith = 429;
    asked.length = 0;
    expect(await busy.list(DATASET)).toEqual(shards);
    expect(asked).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/HTTP 429\); using the data set as it was last seen/)]);
    const path = await busy.fetch(DATASET, shards[0]!);
    expect(asked.length).toBeGreaterThan(0);
    hub.failWith = 429;
    expect(await busy.fetch(DATASET, shards[0]!)).toBe(path);
  });

  it.each([
    [401, undefined, /does not exist, or is private or gated/, /set HF_TOKEN/],
    [403, TOKEN, /does not let this token read/, /accept the data set's terms at https/],
    [404, undefined, /no data set owner\/name/, /check owner, name/],
    [429, undefined, /limits the rate of requests \(HTTP 429\)/, /again in some minutes/],
    [500, undefined, /the hub failed \(HTTP 500\)/, /try again/],
  ] as const)("explains HTTP %i", async (status, token, message, remedy) => {
    hub.failWith = status;
    const error = await failure(client(token).list(DATASET));
    expect(error.message).toMatch(message);
    expect(error.where).toBe("hf:owner/name");
    expect(error.remedy).toMatch(remedy);
  });

  it("explains a missing network, and a token that is none", async () => {
    const strange = await failure(client("not-a-token").list(DATASET));
    expect(strange.message).toBe("HF_TOKEN does not hold a token of the hub");
    expect(leftBehind(strange)).not.toContain("not-a-token");
    await hub.close();
    const error = await failure(client().list(DATASET));
    expect(error.message).toBe("cannot reach the Hugging Face hub (ECONNREFUSED)");
    expect(error.remedy).toMatch(/check the network/);
  });

  it("goes on where a download ended, and says so when it ends too often", async () => {
    const [shard] = await client().list(DATASET);
    hub.cutAt = 100;
    const error = await failure(client().fetch(DATASET, shard!));
    expect(error.message).toMatch(/cannot reach the Hugging Face hub/);
    expect(error.remedy).toMatch(/what was loaded is kept/);
    hub.cutAt = undefined;
    expect(readFileSync(await client().fetch(DATASET, shard!)).equals(CONTENT)).toBe(true);
    expect(hub.ranges.at(-1)).toBe(`${FILE} bytes=400-${CONTENT.length - 1}`);
  });

  it("keeps nothing of a download that is not what was listed", async () => {
    const [shard] = await client().list(DATASET);
    hub.forged = Buffer.alloc(CONTENT.length, 1);
    const error = await failure(client().fetch(DATASET, shard!));
    expect(error.message).toMatch(/is not what the hub lists/);
    expect(readdirSync(join(cacheDir, "hub", "owner--name"))).toEqual(["listing-main.json"]);
  });
});
