import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApmError } from "../../src/core/errors.ts";
import { hfConfigOf } from "../../src/neural/checkpoint/llama-config.ts";
import { readSafetensors, writeSafetensors } from "../../src/neural/checkpoint/safetensors.ts";
import { type HubCheckpoints, hubCheckpoint } from "../../src/providers/local/hub-checkpoint.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { type HubServer, hubServer } from "../support/hub-server.ts";
import { RANDOM_CONFIG, writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const cwd = temporaryFolder();
const MODEL = "hf:owner/name";
const TOKEN = "hf_notARealTokenOfAnyone";
const WEIGHTS = "model.safetensors";
writeRandomCheckpoint(join(cwd, "folder"));
const FILES = Object.fromEntries(
  readdirSync(join(cwd, "folder")).map((name) => [name, readFileSync(join(cwd, "folder", name))]),
);
const SIZE = FILES[WEIGHTS]!.length;

let hub: HubServer;
let cacheDir: string;
let notes: string[];
let runs = 0;

beforeEach(async () => {
  hub = await hubServer({
    main: { ...FILES, "pytorch_model.bin": Buffer.alloc(9), "README.md": Buffer.alloc(9) },
  });
  cacheDir = join(cwd, `cache-${runs++}`);
  notes = [];
});
afterEach(() => hub.close());

const options = (more: Partial<HubCheckpoints> = {}): HubCheckpoints => ({
  cacheDir,
  endpoint: hub.url,
  fetch,
  note: (message) => notes.push(message),
  ...more,
});
const load = (more?: Partial<HubCheckpoints>, model = MODEL): Promise<string> =>
  hubCheckpoint(model, options(more));
const failure = async (task: Promise<unknown>): Promise<ApmError> =>
  task.then(
    () => expect.fail("it did not fail"),
    (error: ApmError) => error,
  );
const kept = (): string[] =>
  existsSync(cacheDir)
    ? readdirSync(cacheDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    : [];
const weightsAsked = (): string[] => hub.ranges.filter((r) => r.startsWith(WEIGHTS) && !r.endsWith("=0-0"));

describe("a checkpoint of the hub", () => {
  it("is loaded once, answers as its folder does, and then needs no network", async () => {
    const answer = async (model: string): Promise<string> => {
      const provider = createLocalProvider(cwd, options());
      const settings = { model, temperature: 0, maxTokens: 12, options: { threads: 0 } };
      await provider.prepare(settings);
      const messages = [{ role: "user", content: "Hi" }] as const;
      return (await provider.model(settings).generate({ messages, sample: 0 })).text;
    };
    const expected = await answer("folder");
    expect(await answer(MODEL)).toBe(expected);
    expect(notes).toContain(`loading owner/name/${WEIGHTS} (${(SIZE / 1e6).toFixed(3)} MB)`);
    expect(kept()).toEqual([...Object.keys(FILES), "complete.json"].sort());
    const asked = hub.log.length;
    await hub.close();
    expect(await answer(MODEL)).toBe(expected);
    expect(hub.log.length).toBe(asked);
  });

  it("goes on where a download ended, in the same call and in a later one", async () => {
    hub.cutAt = Math.ceil(SIZE / 10);
    expect((await failure(load())).message).toMatch(/cannot reach the Hugging Face hub/);
    expect(kept()).toContain(`${WEIGHTS}.part`);
    const there = 4 * hub.cutAt;
    expect(weightsAsked().length).toBe(4);
    hub.cutAt = undefined;
    await load();
    expect(weightsAsked().at(-1)).toBe(`${WEIGHTS} bytes=${there}-${SIZE - 1}`);
    expect(notes.at(-1)).toMatch(/MB, from 0\.\d+ MB on\)$/);
    expect(kept()).not.toContain(`${WEIGHTS}.part`);
  });

  it("is not kept when it is not what the hub lists; a part of another file is loaded anew", async () => {
    const folder = await load();
    hub.forged = Buffer.alloc(SIZE, 7);
    writeFileSync(join(folder, WEIGHTS), "cut");
    const error = await failure(load());
    expect(error.message).toMatch(new RegExp(`the download of ${WEIGHTS} is not what the hub lists`));
    expect(kept()).not.toContain(`${WEIGHTS}.part`);
    hub.forged = undefined;
    writeFileSync(join(folder, `${WEIGHTS}.part`), "of another file");
    await load();
    expect(readFileSync(join(folder, WEIGHTS)).equals(FILES[WEIGHTS]!)).toBe(true);
  });

  it("is followed to where the hub keeps it, and the token stays behind", async () => {
    const elsewhere = await hubServer({ main: FILES });
    hub.elsewhere = elsewhere.url.replace("127.0.0.1", "localhost");
    await load({ token: TOKEN });
    expect(hub.log.every((line) => line.endsWith(`Bearer ${TOKEN}`))).toBe(true);
    expect(elsewhere.log.length).toBeGreaterThan(3);
    expect(elsewhere.log.every((line) => line.endsWith(" -"))).toBe(true);
    const written = kept().length;
    expect(written).toBe(Object.keys(FILES).length + 1);
    hub.failWith = 403;
    const error = await failure(load({ token: TOKEN, cacheDir: `${cacheDir}-2` }));
    expect([error.message, error.where, error.remedy, ...notes].join()).not.toContain(TOKEN);
    await elsewhere.close();
  });

  it.each([
    [401, undefined, /does not exist, or is private or gated/, /gated model accept its terms.*set HF_TOKEN/],
    [
      403,
      TOKEN,
      /does not let this token read/,
      /accept the model's terms at https:\/\/huggingface.co\/owner/,
    ],
    [404, undefined, /the hub has no model owner\/name/, /hf:OWNER\/NAME@revision/],
    [500, undefined, /the hub failed/, /try again/],
  ] as const)("that answers with HTTP %i is explained", async (status, token, message, remedy) => {
    hub.failWith = status;
    const error = await failure(load({ token }));
    expect(error.message).toMatch(message);
    expect(error.remedy).toMatch(remedy);
    expect(error.where).toBe(MODEL);
  });

  it("is not begun on a full disk, and one that fills up is told", async () => {
    const before = await failure(load({ freeBytes: () => 1000 }));
    expect(before.message).toMatch(/no room for the weights: 0\.\d+ MB to load, 0\.001 MB free/);
    expect(weightsAsked()).toEqual([]);
    const folder = join(cacheDir, "hub", "models", "owner--name", "main");
    mkdirSync(folder, { recursive: true });
    symlinkSync("/dev/full", join(folder, `${WEIGHTS}.part`));
    const during = await failure(load());
    expect(during.message).toBe("cannot keep the download: ENOSPC");
    expect(during.remedy).toMatch(/make room, or set APM_BENCH_CACHE/);
  });

  it("comes in shards, at a revision", async () => {
    const tensors = [...readSafetensors(join(cwd, "folder", WEIGHTS))];
    const shards = [tensors.slice(0, 5), tensors.slice(5)].map((part, i) => {
      const name = `model-0000${i + 1}-of-00002.safetensors`;
      writeSafetensors(join(cwd, name), new Map(part));
      return [name, readFileSync(join(cwd, name)), part] as const;
    });
    const map = Object.fromEntries(
      shards.flatMap(([name, , part]) => part.map(([tensor]) => [tensor, name])),
    );
    const { [WEIGHTS]: _, ...small } = FILES;
    hub.files.v2 = {
      ...small,
      "model.safetensors.index.json": Buffer.from(JSON.stringify({ weight_map: map })),
      ...Object.fromEntries(shards),
    };
    const model = `${MODEL}@v2`;
    const provider = createLocalProvider(cwd, options());
    await provider.prepare({ model });
    const base = provider.tunable({ model }, (it) => it, new AbortController().signal);
    expect(base.weights().size).toBe(tensors.length);
    hub.files.v3 = {
      ...hub.files.v2,
      "model.safetensors.index.json": Buffer.from(JSON.stringify({ weight_map: { x: "../../passwd" } })),
    };
    expect((await failure(load({}, `${MODEL}@v3`))).message).toMatch(/names "..\/..\/passwd"/);
  });

  it.each([
    [
      "too large",
      { ...hfConfigOf(RANDOM_CONFIG), hidden_size: 4096, intermediate_size: 14_336, num_hidden_layers: 32 },
      /thousand million parameters need \d+\.\d GiB as 32-bit floats/,
    ],
    ["another architecture", { model_type: "gemma3_text" }, /architecture "gemma3_text" cannot be run/],
    [
      "quantised",
      { ...hfConfigOf(RANDOM_CONFIG), quantization_config: {} },
      /quantised weights are not served/,
    ],
  ])("that cannot be run is refused before its weights are loaded: %s", async (_what, config, message) => {
    hub.files.main!["config.json"] = Buffer.from(JSON.stringify(config));
    expect((await failure(load())).message).toMatch(message);
    expect(weightsAsked()).toEqual([]);
  });

  it("without safetensors or tokenizer, or that has no such name, is refused", async () => {
    const { [WEIGHTS]: weights, "tokenizer.json": tokenizer, ...rest } = FILES;
    hub.files.main = { ...rest, "tokenizer.json": tokenizer!, "pytorch_model.bin": Buffer.alloc(9) };
    expect((await failure(load())).message).toMatch(/owner\/name has no safetensors/);
    hub.files.main = { ...rest, [WEIGHTS]: weights! };
    expect((await failure(load())).message).toMatch(/owner\/name has no tokenizer.json/);
    expect((await failure(load({}, "hf:name"))).remedy).toMatch(/local:hf:OWNER\/NAME/);
  });
});
