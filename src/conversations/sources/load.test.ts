import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { diskFiles, somePrompts, ultraChatParquet } from "../../../test/support/source-files.ts";
import { builtinConversations, type ConversationSource } from "../../catalog/conversations.ts";
import { UsageError } from "../../core/errors.ts";
import { rootKey } from "../../core/random.ts";
import type { HubClient } from "./hub.ts";
import { loadConversations } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "apm-load-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);
const write = (name: string, prompts: readonly string[]): string => {
  const lines = prompts.map((prompt) => JSON.stringify({ prompt })).join("\n");
  writeFileSync(path(name), name.endsWith(".parquet") ? ultraChatParquet(prompts) : lines);
  return path(name);
};

const noHub: HubClient = {
  list: () => Promise.reject(new Error("the hub was asked")),
  fetch: () => Promise.reject(new Error("the hub was asked")),
};
const KEY = rootKey(1);
const load = (
  source: string | { train: string; test: string },
  { perUser = 3, maxCharacters = 8_000, needed = { train: 0, test: 0 }, hub = noHub, key = KEY } = {},
) => loadConversations({ source, perUser, maxCharacters }, needed, key, { files: diskFiles, hub });
const all = (source: ConversationSource): string[] =>
  Array.from({ length: source.size }, (_, i) => source.at(i).prompt);

describe("conversations of a run", () => {
  it("are the package's own for `builtin`", async () => {
    const { train, test, notes } = await load("builtin");
    expect(train.at(5)).toEqual(builtinConversations("train", KEY).at(5));
    expect(test.at(5)).toEqual(builtinConversations("test", KEY).at(5));
    expect(notes).toEqual([]);
  });

  it("from one source are halved: nothing shared, nothing lost, JSONL and Parquet alike", async () => {
    const prompts = somePrompts("one", 60);
    const { train, test, notes } = await load(write("one.jsonl", [...prompts, ...prompts.slice(0, 5), "x"]));
    expect([...all(train), ...all(test)].sort()).toEqual(prompts.toSorted());
    expect(notes).toEqual([
      expect.stringMatching(/prompts for train.*left out: 5 duplicates, 1 too short\)$/),
    ]);
    const parquet = await load(write("one.parquet", prompts.toReversed()));
    expect(all(parquet.train)).toEqual(all(train));
    expect(all(parquet.test)).toEqual(all(test));
  });

  it("from several files are one source; another seed gives another order of the same halves", async () => {
    const files = [write("a.jsonl", somePrompts("a", 20)), write("b.parquet", somePrompts("b", 20))];
    const one = await load(files.join(","));
    const two = await load(files.join(" , "), { key: rootKey(2) });
    expect(all(one.test).toSorted()).toEqual(all(two.test).toSorted());
    expect(all(one.test)).not.toEqual(all(two.test));
  });

  it("from a pair stand as given, but a prompt in both belongs to the test users", async () => {
    const [common, ...train] = somePrompts("train", 10) as [string, ...string[]];
    const source = {
      train: write("train.jsonl", [common, ...train]),
      test: write("test.parquet", [...somePrompts("test", 5), ` ${common.toUpperCase()}`]),
    };
    const loaded = await load(source);
    expect(all(loaded.train).toSorted()).toEqual(train.toSorted());
    expect(loaded.test.size).toBe(6);
    expect(loaded.notes[0]).toMatch(/9 prompts for train users \(left out: 1 also in the test source\)/);
    const mixed = await load({ train: "builtin", test: source.test });
    expect(mixed.train.at(0)).toEqual(builtinConversations("train", KEY).at(0));
    expect(mixed.test.size).toBe(6);
  });

  it("from the hub come from its train and test splits, or the halves of a named one", async () => {
    const shard = (split: string) => ({
      path: `data/${split}-00000-of-00001.parquet`,
      revision: "main",
      size: 1,
      hash: split,
      isSha256: false,
    });
    const hub: HubClient = {
      list: async () => ["train_sft", "test_sft"].map(shard),
      fetch: async (_dataset, { hash }) => write(`${hash}.parquet`, somePrompts(hash, 30)),
    };
    const { train, test } = await load("hf:owner/name", { hub });
    expect(all(train).toSorted()).toEqual(somePrompts("train_sft", 30).toSorted());
    expect(all(test).toSorted()).toEqual(somePrompts("test_sft", 30).toSorted());
    const named = await load("hf:owner/name:test_sft", { hub });
    expect(named.train.size + named.test.size).toBe(30);
    const pair = await load(
      { train: "hf:owner/name", test: write("own.jsonl", somePrompts("own", 4)) },
      { hub },
    );
    expect(pair.train.size).toBe(30);
  });

  it("note when prompts must be used more than once", async () => {
    const source = {
      train: write("few.jsonl", somePrompts("few", 10)),
      test: write("many.jsonl", somePrompts("many", 40)),
    };
    const { notes } = await load(source, { needed: { train: 25, test: 40 } });
    expect(notes.slice(2)).toEqual(["train users take 25 conversations of 10: each is used about 2.5 times"]);
  });

  it("are refused when a half has not enough for one user", async () => {
    const source = {
      train: write("enough.jsonl", somePrompts("t", 9)),
      test: write("two.jsonl", ["one prompt", "two prompts"]),
    };
    await expect(load(source)).rejects.toThrow(
      expect.objectContaining({
        constructor: UsageError,
        where: "conversations.source.test",
        message: expect.stringMatching(
          /^there are 2 prompts for test users, fewer than the 3 conversations of one user \(.*2 prompts for test users\)$/,
        ),
      }),
    );
    await expect(load(source.train, { maxCharacters: 10 })).rejects.toThrow(
      /there are 0 prompts for train users.*left out: 9 too long/,
    );
  });
});
