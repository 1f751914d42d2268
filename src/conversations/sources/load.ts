import { builtinConversations, type ConversationSource } from "../../catalog/conversations.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import { fold, type Key } from "../../core/random.ts";
import type { HubClient } from "./hub.ts";
import { chooseShards } from "./hub-splits.ts";
import { type Dropped, halvesOf, type PromptPool, promptPool, sourceOf } from "./prompt-pool.ts";
import { readPrompts } from "./read-files.ts";
import type { SourceFiles } from "./records.ts";
import { parseSource, type SourceSpec } from "./source-spec.ts";

/** Doors to disk and network. */
export interface SourcePorts {
  readonly files: SourceFiles;
  readonly hub: HubClient;
}

export interface LoadedConversations {
  readonly train: ConversationSource;
  readonly test: ConversationSource;
  /** What a person should know: how many prompts there are, what was dropped, whether some are used twice. */
  readonly notes: readonly string[];
}

type Half = "train" | "test";
const KEY = "conversations.source";

/**
 * Base conversations for train and test users, without a common prompt (spec section 2): from two sources, or from
 * one that is halved by the hash of each prompt.
 * @param needed how many conversations the users of each half take; a smaller half is reused, and a note says so
 * @throws UsageError for a source that cannot be read, or a half with fewer prompts than one user has conversations
 */
export async function loadConversations(
  config: Config["conversations"],
  needed: Readonly<Record<Half, number>>,
  key: Key,
  ports: SourcePorts,
): Promise<LoadedConversations> {
  const { source } = config;
  const loaded =
    typeof source === "string"
      ? await loadOne(config, source, key, ports)
      : await loadPair(config, source, key, ports);
  const halves = { train: loaded.train, test: loaded.test };
  return { ...loaded, notes: [...loaded.notes, ...checkSizes(config, halves, needed, loaded.notes)] };
}

async function loadOne(
  config: Config["conversations"],
  source: string,
  key: Key,
  ports: SourcePorts,
): Promise<LoadedConversations> {
  const spec = parseSource(source, KEY);
  if (spec.kind === "builtin") {
    return { train: builtinConversations("train", key), test: builtinConversations("test", key), notes: [] };
  }
  const files = await filesOf(spec, ports);
  if ("train" in files) return apart(config, `${source} (train)`, `${source} (test)`, files, key, ports);
  const pool = await readPool(config, files.both, ports);
  const ids = halvesOf(pool.ids());
  return {
    train: sourceOf(pool, `${source} (train half)`, ids.train, fold(key, "train")),
    test: sourceOf(pool, `${source} (test half)`, ids.test, fold(key, "test")),
    notes: [
      `${source}: ${count(ids.train.length)} prompts for train, ${count(ids.test.length)} for test users${left(pool.dropped)}`,
    ],
  };
}

async function loadPair(
  config: Config["conversations"],
  source: Readonly<Record<Half, string>>,
  key: Key,
  ports: SourcePorts,
): Promise<LoadedConversations> {
  const specs = {
    train: parseSource(source.train, `${KEY}.train`),
    test: parseSource(source.test, `${KEY}.test`),
  };
  if (specs.train.kind !== "builtin" && specs.test.kind !== "builtin") {
    const files = {
      train: partOf(await filesOf(specs.train, ports), "train"),
      test: partOf(await filesOf(specs.test, ports), "test"),
    };
    return apart(config, source.train, source.test, files, key, ports);
  }
  const one = async (half: Half): Promise<{ source: ConversationSource; notes: string[] }> => {
    const spec = specs[half];
    if (spec.kind === "builtin") return { source: builtinConversations(half, key), notes: [] };
    const pool = await readPool(config, partOf(await filesOf(spec, ports), half), ports);
    return {
      source: sourceOf(pool, source[half], pool.ids(), fold(key, half)),
      notes: [`${source[half]}: ${count(pool.size)} prompts for ${half} users${left(pool.dropped)}`],
    };
  };
  const [train, test] = [await one("train"), await one("test")];
  return { train: train.source, test: test.source, notes: [...train.notes, ...test.notes] };
}

/** Two sources; a prompt that is in both belongs to the test users. */
async function apart(
  config: Config["conversations"],
  trainName: string,
  testName: string,
  files: Readonly<Record<Half, readonly string[]>>,
  key: Key,
  ports: SourcePorts,
): Promise<LoadedConversations> {
  const test = await readPool(config, files.test, ports);
  const train = await readPool(config, files.train, ports);
  const trainIds = train.ids().filter((id) => !test.has(id));
  const inBoth = train.size - trainIds.length;
  return {
    train: sourceOf(train, trainName, trainIds, fold(key, "train")),
    test: sourceOf(test, testName, test.ids(), fold(key, "test")),
    notes: [
      `${trainName}: ${count(trainIds.length)} prompts for train users${left({ ...train.dropped, inBoth })}`,
      `${testName}: ${count(test.size)} prompts for test users${left(test.dropped)}`,
    ],
  };
}

type Files = { readonly both: readonly string[] } | Readonly<Record<Half, readonly string[]>>;

/** Paths on this disk, downloaded where needed. */
async function filesOf(spec: Exclude<SourceSpec, { kind: "builtin" }>, { hub }: SourcePorts): Promise<Files> {
  if (spec.kind === "files") return { both: spec.files };
  const chosen = chooseShards(spec.dataset, await hub.list(spec.dataset));
  const fetched: Record<string, string[]> = {};
  for (const [half, shards] of Object.entries(chosen)) {
    fetched[half] = [];
    for (const shard of shards) fetched[half].push(await hub.fetch(spec.dataset, shard));
  }
  return fetched as unknown as Files;
}

function partOf(files: Files, half: Half): readonly string[] {
  return "both" in files ? files.both : files[half];
}

async function readPool(
  { maxCharacters }: Config["conversations"],
  paths: readonly string[],
  { files }: SourcePorts,
): Promise<PromptPool> {
  const pool = promptPool(maxCharacters);
  for (const path of paths) await readPrompts(files, path, pool.add);
  return pool;
}

function checkSizes(
  { perUser, source }: Config["conversations"],
  halves: Readonly<Record<Half, ConversationSource>>,
  needed: Readonly<Record<Half, number>>,
  read: readonly string[],
): string[] {
  return (["train", "test"] as const).flatMap((half) => {
    const { size } = halves[half];
    if (size < perUser) {
      throw new UsageError(
        `there are ${size} prompts for ${half} users, fewer than the ${perUser} conversations of one user (${read.join("; ")})`,
        {
          where: typeof source === "string" ? KEY : `${KEY}.${half}`,
          remedy: "give a larger source, raise conversations.maxCharacters or lower conversations.perUser",
        },
      );
    }
    if (needed[half] <= size) return [];
    const times = (needed[half] / size).toFixed(1);
    return [
      `${half} users take ${count(needed[half])} conversations of ${count(size)}: each is used about ${times} times`,
    ];
  });
}

const count = (n: number): string => n.toLocaleString("en-US");

/** What was left out, in words; nothing when nothing was. */
function left(dropped: Dropped & { readonly inBoth?: number }): string {
  const parts = [
    [dropped.duplicates, "duplicates"],
    [dropped.inBoth ?? 0, "also in the test source"],
    [dropped.tooShort, "too short"],
    [dropped.tooLong, "too long"],
    [dropped.withoutUserTurn, "without a user turn"],
  ] as const;
  const shown = parts.filter(([n]) => n > 0).map(([n, why]) => `${count(n)} ${why}`);
  return shown.length === 0 ? "" : ` (left out: ${shown.join(", ")})`;
}
