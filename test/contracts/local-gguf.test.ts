import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../../src/core/ports/language-model.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { RANDOM_CONFIG, randomWeights, writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { metadataOf, type Stored, storedWeights, type Value, writeGguf } from "../support/write-gguf.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const cwd = temporaryFolder();
const messages: ChatMessage[] = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "How do I bake bread? é 12" },
];

/** A network as a folder and as a file. */
function both(name: string, config: typeof RANDOM_CONFIG, architecture: string): void {
  writeRandomCheckpoint(join(cwd, name), config);
  writeGguf(
    join(cwd, `${name}.gguf`),
    metadataOf(config, architecture),
    storedWeights(randomWeights(config), config, architecture),
  );
}

/** A matrix as Q8_0: halves as scales, 32 numbers each. */
function inBytes({ shape, bytes }: Stored): Stored {
  if (shape.length === 1) return { type: 0, shape, bytes };
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const stored = new Uint8Array((values.length / 32) * 34);
  for (let b = 0; b < values.length / 32; b++) {
    const block = values.subarray(b * 32, (b + 1) * 32);
    const half = Float16Array.of(Math.max(...block.map(Math.abs)) / 127);
    stored.set(new Uint8Array(half.buffer), b * 34);
    for (let i = 0; i < 32; i++)
      stored[b * 34 + 2 + i] = Math.max(-127, Math.min(127, Math.round(block[i]! / half[0]!)));
  }
  return { type: 8, shape, bytes: stored };
}

async function answers(model: string): Promise<unknown> {
  const provider = createLocalProvider(cwd);
  const settings = { model, temperature: 0, maxTokens: 24, options: { threads: 0 } };
  await provider.prepare(settings);
  const chat = provider.model(settings);
  const answer = await chat.generate({ messages, sample: 0, topLogprobs: 3 });
  const { vectors } = await provider.embedder(settings).embed(["A text."]);
  await provider.close();
  return { answer, vectors };
}

describe("a GGUF file", () => {
  it.each([
    ["llama", { ...RANDOM_CONFIG, vocabSize: 261 }],
    ["qwen2", { ...RANDOM_CONFIG, attentionBias: true, tieEmbeddings: true }],
  ])("of %s is the very model that the folder is", async (architecture, config) => {
    both(architecture, config, architecture);
    expect(await answers(`${architecture}.gguf`)).toEqual(await answers(architecture));
  });

  it("needs no name, and rotates as its factors say", async () => {
    const factors = Float32Array.of(1, 1, 2, 8);
    const rope: Stored = { type: 0, shape: [4], bytes: new Uint8Array(factors.buffer) };
    const tensors = storedWeights(randomWeights(RANDOM_CONFIG), RANDOM_CONFIG);
    writeGguf(join(cwd, "sha256-0"), metadataOf(RANDOM_CONFIG), tensors);
    writeGguf(join(cwd, "sha256-1"), metadataOf(RANDOM_CONFIG), tensors.set("rope_freqs.weight", rope));
    expect(await answers("sha256-1")).not.toEqual(await answers("sha256-0"));
  });

  it("is another model when its bytes change, and ends answers where a turn ends", async () => {
    const provider = createLocalProvider(cwd);
    const tensors = storedWeights(randomWeights(RANDOM_CONFIG), RANDOM_CONFIG);
    const identities: string[] = [];
    for (const temperature of [0.5, 0.25]) {
      const model = `warm-${temperature}.gguf`;
      const own = { "general.sampling.temp": { float: temperature } };
      writeGguf(join(cwd, model), { ...metadataOf(RANDOM_CONFIG), ...own }, tensors);
      await provider.prepare({ model });
      identities.push(provider.model({ model }).identity);
    }
    expect(identities[0]).toContain('"temperature":0.5');
    expect(identities[1]).toContain('"temperature":0.25');
    expect(identities[0]?.slice(0, 40)).not.toBe(identities[1]?.slice(0, 40));
  });

  it("of numbers of 8 bits answers as its floats do, alone and in company, and is another model", async () => {
    const floats = storedWeights(randomWeights(RANDOM_CONFIG), RANDOM_CONFIG);
    const bytes = new Map([...floats].map(([name, tensor]) => [name, inBytes(tensor)]));
    writeGguf(join(cwd, "bytes.gguf"), metadataOf(RANDOM_CONFIG), bytes);
    const provider = createLocalProvider(cwd);
    const settings = { model: "bytes.gguf", temperature: 0, maxTokens: 16, options: { threads: 0 } };
    await provider.prepare(settings);
    const chat = provider.model(settings);
    const request = { messages, sample: 0, topLogprobs: 3 };
    const alone = await chat.generate(request);
    const others = ["a", "b", "c"].map((content) => ({
      messages: [{ role: "user", content } as const],
      sample: 0,
    }));
    const [again] = await Promise.all([request, ...others].map((one) => chat.generate(one)));
    expect(again).toEqual(alone);
    const base = provider.tunable(settings, (it) => it, new AbortController().signal);
    expect(base.fingerprint).toMatch(/\/8$/);
    const same = await base.adapted(base.weights(), "same").prompted(new Float32Array()).generate(request);
    const logprobs = ({ logprobs = [] }: typeof alone): number[] => logprobs.map(({ logprob }) => logprob);
    expect(same.text).toBe(alone.text);
    for (const [i, logprob] of logprobs(same).entries()) expect(logprobs(alone)[i]).toBeCloseTo(logprob, 3);
    await provider.close();
  });

  it("can be trained and adapted", async () => {
    both("base", RANDOM_CONFIG, "llama");
    const provider = createLocalProvider(cwd);
    const settings = { model: "base.gguf", temperature: 0, maxTokens: 8, options: { threads: 0 } };
    await provider.prepare(settings);
    const base = provider.tunable(settings, (model) => model, new AbortController().signal);
    expect([...base.weights().keys()].sort()).toEqual([...randomWeights(RANDOM_CONFIG).keys()].sort());
    const rows = new Float32Array(2 * RANDOM_CONFIG.hiddenSize).fill(0.1);
    const adapted = base.adapted(base.weights(), "same").prompted(rows);
    expect((await adapted.generate({ messages, sample: 0 })).usage.inputTokens).toBeGreaterThan(2);
    await provider.close();
  });
});

describe("a GGUF file that cannot be run is refused by name:", () => {
  const tensors = () => storedWeights(randomWeights(RANDOM_CONFIG), RANDOM_CONFIG);
  const meta = (more: Record<string, Value> = {}) => ({ ...metadataOf(RANDOM_CONFIG), ...more });
  const iq: Stored = { type: 16, shape: [32], bytes: new Uint8Array(64) };
  const cases: [string, RegExp, (path: string) => void][] = [
    [
      "another architecture",
      /architecture "gemma3" cannot be run/,
      (path) => writeGguf(path, metadataOf(RANDOM_CONFIG, "gemma3"), tensors()),
    ],
    [
      "another format of numbers",
      /"output_norm.weight" is stored as IQ2_XXS/,
      (path) => writeGguf(path, meta(), tensors().set("output_norm.weight", iq)),
    ],
    [
      "a tensor of another architecture",
      /tensor "blk.0.attn_q_norm.weight" is foreign/,
      (path) =>
        writeGguf(
          path,
          meta(),
          tensors().set("blk.0.attn_q_norm.weight", tensors().get("output_norm.weight")!),
        ),
    ],
    [
      "stretched rotary positions",
      /rotary scaling "yarn" is not served/,
      (path) => writeGguf(path, meta({ "llama.rope.scaling.type": "yarn" }), tensors()),
    ],
    [
      "a mixture of experts",
      /mixtures of experts/,
      (path) => writeGguf(path, meta({ "llama.expert_count": 8 }), tensors()),
    ],
    ["a part of several", /one of 3 parts/, (path) => writeGguf(path, meta({ "split.count": 3 }), tensors())],
    [
      "one that was cut short",
      /"[\w.]+" ends beyond the file, which was cut short/,
      (path) => truncateSync(writeGguf(path, meta(), tensors()), 60_000),
    ],
    ["something else", /not a GGUF file/, (path) => writeFileSync(path, "GGML")],
    [
      "a header that is cut",
      /says nothing of an architecture/,
      (path) => writeFileSync(path, "GGUF\u0003\0\0\0"),
    ],
    [
      "too large a network",
      /0\.7 thousand million parameters need 2\.8 GiB as 32-bit floats/,
      (path) =>
        writeGguf(
          path,
          metadataOf({ ...RANDOM_CONFIG, hiddenSize: 4096, intermediateSize: 30_000 }),
          tensors(),
        ),
    ],
  ];
  it.each(cases)("%s", async (name, message, write) => {
    const model = `${name.replaceAll(" ", "-")}.gguf`;
    write(join(cwd, model));
    const refused = createLocalProvider(cwd).prepare({ model });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ where: join(cwd, model) });
  });
});
