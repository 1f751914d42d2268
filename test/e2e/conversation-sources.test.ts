import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserRecord } from "../../src/core/run-record.ts";
import { type HubServer, hubServer } from "../support/hub-server.ts";
import { runCli } from "../support/run-cli.ts";
import { somePrompts, ultraChatParquet } from "../support/source-files.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-data-"));
const TOKEN = "hf_notARealTokenOfAnyone";
let hub: HubServer;

beforeAll(async () => {
  hub = await hubServer({
    main: {
      "data/train_sft-00000-of-00001.parquet": ultraChatParquet(somePrompts("train", 80)),
      "data/test_sft-00000-of-00001.parquet": ultraChatParquet(somePrompts("test", 40)),
    },
  });
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

const run = (...settings: string[]) =>
  runCli(
    [
      "run",
      ...["--methods", "none", "--worlds", "1", "--out", "run", "--json", "--set", "pool=k2"],
      ...["users.test=3", "users.voices=false", ...settings].flatMap((setting) => ["--set", setting]),
    ],
    folder,
    { HF_ENDPOINT: hub.url, HF_TOKEN: TOKEN, APM_BENCH_CACHE: join(folder, "cache") },
  );

describe("a run on conversations from outside", () => {
  it("downloads a data set of the hub once and makes test users of its test split", async () => {
    const first = await run("conversations.source=hf:owner/name");
    expect(first.stderr).toContain("downloading owner/name/data/test_sft");
    expect(first.stderr).toContain("hf:owner/name (test): 40 prompts for test users");
    expect(first.code).toBe(0);
    const lines = readFileSync(join(folder, "run", "users.jsonl"), "utf8")
      .trim()
      .split("\n");
    const users = lines.map((line) => JSON.parse(line) as UserRecord);
    expect(users.length).toBe(3);
    for (const { prompt } of users) expect(prompt).toMatch(/subject number \d+/i);
    const second = await run("conversations.source=hf:owner/name");
    expect(second.stderr).not.toContain("downloading");
    expect(first.stderr + first.stdout + second.stderr).not.toContain(TOKEN);
  });

  it("ends before it touches anything when a line is malformed, or prompts are too few", async () => {
    writeFileSync(join(folder, "bad.jsonl"), '{"prompt": "fine"}\n{"prompt": 3}\n');
    const malformed = await run("conversations.source=bad.jsonl", "out=other");
    expect(malformed.code).toBe(2);
    expect(malformed.stderr).toMatch(/where: bad\.jsonl, line 2/);
    writeFileSync(join(folder, "few.jsonl"), '"only one prompt"\n');
    const few = await run("conversations.source=few.jsonl", "out=few");
    expect(few.code).toBe(2);
    expect(few.stderr).toMatch(/fewer than the 3 conversations of one user/);
  });
});
