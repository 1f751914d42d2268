import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mapConcurrent } from "../../src/core/concurrency.ts";
import { ProviderError } from "../../src/core/errors.ts";
import type { GenerateRequest } from "../../src/core/ports/language-model.ts";
import { plainMessages, styledMessages } from "../../src/core/prompt/prompts.ts";
import { guardedEmbedder } from "../../src/providers/decorators/embedding.ts";
import { usageMeter } from "../../src/providers/decorators/metered.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { RANDOM_CONFIG, writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { languageModelContract } from "./language-model-contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const cwd = temporaryFolder();
writeRandomCheckpoint(join(cwd, "random"));
const settings = { model: "random", maxTokens: 24, minP: 0.01 };
const here = createLocalProvider(cwd);
const inThread = here.model({ ...settings, options: { threads: 0 } });
const ask = (prompt: string, sample = 0): GenerateRequest => ({ messages: plainMessages(prompt), sample });
const requests: GenerateRequest[] = [
  "How do I bake bread?",
  "Compare trains.",
  "é漢字 😀",
  "<|end|> now?",
  "x",
].flatMap((prompt) => [
  ask(prompt),
  { messages: styledMessages({ principle: "gentle", direction: "avoid" }, prompt), sample: 0 },
]);

for (const threads of [1, 2]) {
  languageModelContract(
    `local, ${threads} threads, against none`,
    async () => {
      const provider = createLocalProvider(cwd);
      const model = provider.model({ ...settings, options: { threads } });
      return { model, hasLogprobs: true, close: provider.close };
    },
    requests,
    inThread,
  );
}

describe("local model", () => {
  it("is held to the numbers of a scale, its log-probabilities those of all tokens", async () => {
    const held = { max: 10, form: "mask" } as const;
    for (const { messages } of requests) {
      for (const sample of [0, 1, 2]) {
        const {
          text,
          finishReason,
          logprobs = [],
        } = await inThread.generate({
          ...{ messages, sample, held, topLogprobs: 5 },
        });
        expect(text).toMatch(/^(?:[1-9]|10)$/);
        expect(finishReason).toBe("stop");
        expect(logprobs.map(({ token }) => token).join("")).toBe(text);
        expect(logprobs[0]?.top.some(({ token }) => !/[0-9]/.test(token))).toBe(true);
      }
    }
  });

  it("tells its limit, and with how many tokens it writes a text", () => {
    expect(inThread.maxTokens).toBe(24);
    expect(inThread.countTokens?.("How do I bake bread?")).toBeGreaterThan(inThread.countTokens!("How"));
  });

  it("has the same answer alone and in company, and other draws under another number or seed", async () => {
    const alone = await inThread.generate(ask("Why?"));
    const company = await mapConcurrent(Array.from({ length: 40 }), 40, (_, i) =>
      inThread.generate(i === 20 ? ask("Why?") : ask(`Why? ${i}`, i % 3)),
    );
    expect(company[20]).toEqual(alone);
    const other = here.model({ ...settings, seed: 2, options: { threads: 0 } });
    expect((await inThread.generate(ask("Why?", 1))).text).not.toBe(alone.text);
    expect((await other.generate(ask("Why?"))).text).not.toBe(alone.text);
  });

  it("is another model when its settings or any of its files are", () => {
    const identity = (more: object): string =>
      createLocalProvider(cwd).model({ ...settings, ...more }).identity;
    const before = identity({});
    expect(identity({ options: { threads: 3 } })).toBe(before);
    for (const more of [{ temperature: 0.5 }, { stop: ["."] }, { maxTokens: 9 }, { seed: 1 }, { topK: 5 }]) {
      expect(identity(more)).not.toBe(before);
    }
    writeRandomCheckpoint(join(cwd, "other"));
    writeFileSync(join(cwd, "other", "generation_config.json"), JSON.stringify({ temperature: 0.5 }));
    expect(identity({ model: "other", temperature: 1 })).not.toBe(before);
  });

  it("takes its sampling from the checkpoint where the configuration is silent", async () => {
    const folder = writeRandomCheckpoint(join(cwd, "greedy"));
    writeFileSync(join(folder, "generation_config.json"), JSON.stringify({ do_sample: false }));
    const model = here.model({ ...settings, model: "greedy", options: { threads: 0 } });
    const [one, two] = [await model.generate(ask("Why?", 1)), await model.generate(ask("Why?", 2))];
    expect(one.text).toBe(two.text);
  });

  it("ends at the limit, at a stop text and at the token that ends a turn", async () => {
    const whole = await inThread.generate(ask("Tell me"));
    expect(whole).toMatchObject({ finishReason: "length", usage: { outputTokens: 24 } });
    const mark = whole.text.slice(8, 11);
    const stopping = here.model({ ...settings, stop: [mark], options: { threads: 0 } });
    const { text, finishReason } = await stopping.generate(ask("Tell me"));
    expect(text.includes(mark)).toBe(false);
    expect(finishReason === "stop" || finishReason === "length").toBe(true);
    const short = await inThread.generate({ ...ask("Tell me"), maxTokens: 3 });
    expect(short.usage.outputTokens).toBe(3);
    // Every token ends a turn: an empty answer.
    const folder = writeRandomCheckpoint(join(cwd, "silent"));
    const all = Array.from({ length: 264 }, (_, i) => i);
    writeFileSync(join(folder, "generation_config.json"), JSON.stringify({ eos_token_id: all }));
    const silent = here.model({ model: "silent", options: { threads: 0 } });
    expect(await silent.generate(ask("Tell me"))).toMatchObject({
      text: "",
      finishReason: "stop",
      usage: { outputTokens: 1 },
    });
  });

  it("refuses only the request when a prompt is too long for its context", async () => {
    const error = await inThread.generate(ask("long ".repeat(500))).catch((e: ProviderError) => e);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ failure: "request" });
    expect((error as ProviderError).message).toMatch(
      /^local:random: a prompt of 2\d{3} tokens does not fit into 2048/,
    );
  });

  it("tells before the run what it cannot serve", () => {
    writeRandomCheckpoint(join(cwd, "mixed"), { ...RANDOM_CONFIG, vocabSize: 260 });
    const folder = (name: string, change: (config: Record<string, unknown>) => object): string => {
      writeRandomCheckpoint(join(cwd, name));
      const path = join(cwd, name, "config.json");
      writeFileSync(path, JSON.stringify(change({ model_type: "llama", ...CONFIG })));
      return name;
    };
    const cases: [string, RegExp][] = [
      ["nowhere", /no checkpoint "nowhere"/],
      ["mixed", /tokenizer knows 261 tokens where the network has 260/],
      [folder("gpt2", (c) => ({ ...c, model_type: "gpt2" })), /architecture "gpt2" cannot be run/],
      [
        folder("wide", (c) => ({ ...c, hidden_size: 64 })),
        /has shape \[264,32\] where config.json means \[264,64\]/,
      ],
      [folder("deep", (c) => ({ ...c, num_hidden_layers: 3 })), /lack the tensor "model.layers.2/],
      [folder("flat", (c) => ({ ...c, num_hidden_layers: 1 })), /"model.layers.1.* is foreign/],
      [
        folder("huge", (c) => ({ ...c, hidden_size: 4096, intermediate_size: 14336, num_hidden_layers: 32 })),
        /need \d+\.\d GiB .* at most 2.0 GiB/,
      ],
    ];
    for (const [model, message] of cases) expect(() => here.model({ ...settings, model })).toThrow(message);
    expect(() => here.model({ ...settings, options: { thread: 1 } })).toThrow(/no option "thread"/);
    mkdirSync(join(cwd, "empty"));
    expect(() => here.model({ ...settings, model: "empty" })).toThrow(/no checkpoint/);
  });
});

describe("local embedder", () => {
  it("gives one vector a text, the same at any batch and number of threads", async () => {
    const texts = [
      "",
      "Hello",
      "x".repeat(3000),
      ...Array.from({ length: 70 }, (_, i) => `text ${i}`),
      "Hello",
    ];
    const vectorsWith = async (threads: number, batch: readonly string[]): Promise<Float32Array[]> => {
      const provider = createLocalProvider(cwd);
      const embedder = provider.embedder({ model: "random", options: { threads } });
      const vectors = await guardedEmbedder(embedder, { store: memoryStore(), meter: usageMeter() }).embed(
        batch,
      );
      await provider.close();
      return vectors;
    };
    const all = await vectorsWith(2, texts);
    expect(all.map((v) => v.length)).toEqual(texts.map(() => 32));
    expect(all[1]).toEqual(all.at(-1));
    expect(await vectorsWith(0, [texts[9]!, texts[2]!])).toEqual([all[9], all[2]]);
    // Cut at 512 tokens.
    expect(await vectorsWith(0, ["x".repeat(512)])).toEqual([all[2]]);
  });
});

const CONFIG = {
  vocab_size: 264,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  max_position_embeddings: 2048,
};
