import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { weightsOf } from "../../scripts/real/places.ts";
import { type RealServer, startRealServer } from "../../scripts/real/server.ts";
import type { ChatMessage } from "../../src/core/ports/language-model.ts";
import { ggufConfig } from "../../src/neural/gguf/gguf-config.ts";
import { loadGgufWeights } from "../../src/neural/gguf/gguf-weights.ts";
import { readGgufHeader } from "../../src/neural/gguf/header.ts";
import { createLocalProvider } from "../../src/providers/local/provider.ts";
import { storedWeights, type Value, writeGguf } from "../support/write-gguf.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const provider = createLocalProvider(folder);
let server: RealServer | undefined;
afterAll(async () => {
  await Promise.all([server?.stop(), provider.close()]);
});

const questions = ["Name the capital of France.", "List four fruits.", "What is 12 + 30?"];
const TEXTS = [
  "  two  spaces\n\n12345 3.14",
  "é漢字 😀 naïve ١٢٣ ½",
  "I've they're WE'LL\t#$%^",
  "x=[2,3]; //\r\n",
];
/** llama.cpp's numbers of SmolLM2's weights as they come out of their blocks, so that it, too, computes in floats. */
async function wholeFloats(): Promise<string> {
  const header = await readGgufHeader(weightsOf("smollm2"));
  const config = ggufConfig(header);
  const { version: _, tensor_count: __, kv_count: ___, ...rest } = header.metadata;
  const left = /general\.(file_type|quantization_version|languages|tags)/;
  const metadata = Object.entries(rest)
    .filter(([key]) => !left.test(key))
    .map(([key, value]) => [key, /freq_base|epsilon/.test(key) ? { float: value } : value]);
  const tensors = storedWeights(loadGgufWeights(header, config), config);
  return writeGguf(
    join(folder, "floats.gguf"),
    Object.fromEntries(metadata) as Record<string, Value>,
    tensors,
  );
}

it("reads a GGUF file as llama.cpp does: the same tokens, the same prompt, the same words", async () => {
  const model = await wholeFloats();
  server = await startRealServer({ model: "smollm2", file: model, slots: 1 });
  const { origin } = server;
  const ask = async <T>(path: string, body: object): Promise<T> => {
    const headers = { "content-type": "application/json" };
    return (
      await fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
    ).json() as T;
  };
  const settings = { model, temperature: 0, maxTokens: 20 };
  await provider.prepare(settings);
  const chat = provider.model(settings);
  const { tokenizer } = provider.tunable(settings, (it) => it, new AbortController().signal);
  for (const content of TEXTS) {
    const { tokens } = await ask<{ tokens: number[] }>("/tokenize", { content, add_special: false });
    expect(tokenizer.encode(content)).toEqual(tokens);
  }
  for (const content of questions) {
    const messages: ChatMessage[] = [
      { role: "system", content: "You are a helpful assistant." },
      { role: "user", content },
    ];
    const { prompt } = await ask<{ prompt: string }>("/apply-template", { messages });
    expect(tokenizer.chatText(messages)).toBe(prompt);
    const { choices } = await ask<{ choices: { message: { content: string } }[] }>("/v1/chat/completions", {
      messages,
      temperature: 0,
      max_tokens: 20,
      cache_prompt: false,
    });
    expect((await chat.generate({ messages, sample: 0 })).text).toBe(choices[0]?.message.content);
  }
});
