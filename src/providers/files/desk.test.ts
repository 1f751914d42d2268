import { describe, expect, it } from "vitest";
import { contentKey } from "../../core/hash.ts";
import type { GenerateRequest } from "../../core/ports/language-model.ts";
import { memoryStore } from "../../store/memory.ts";
import type { Transport } from "../http/transport.ts";
import { createOpenAIModel } from "../openai/chat.ts";
import { type FileAnswer, fileDesk, hexOf, type MissingRequest } from "./desk.ts";

const NOWHERE: Transport = { fetch, post: () => Promise.reject(new Error("a server was asked")) };
const request = (content: string): GenerateRequest => ({ messages: [{ role: "user", content }], sample: 0 });
const keyOf = (content: string): Uint8Array => contentKey(content);

/** A process of its own: a model whose calls are answered from these files. */
function process(store = memoryStore(), files: Readonly<Record<string, FileAnswer>> = {}) {
  const written: MissingRequest[] = [];
  const desk = fileDesk({ answers: (key) => files[key], missing: (it) => written.push(it) });
  const model = createOpenAIModel(
    { model: "m", baseUrl: "http://somewhere/v1", maxTokens: 9 },
    { env: {}, transport: desk.transport(NOWHERE) },
  );
  const detour = desk.detour(store);
  const ask = (content: string) => {
    const generate = () => model.generate(request(content));
    return detour({ key: keyOf(content), role: "judge" }, generate, generate);
  };
  return { ask, written, desk };
}
const bodyOf = (it: MissingRequest | undefined): Record<string, unknown> => JSON.parse(it?.body ?? "{}");
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const whole: FileAnswer = {
  status: 200,
  text: JSON.stringify({ choices: [{ finish_reason: "stop", message: { content: "7" } }] }),
};
const refusal: FileAnswer = {
  status: 400,
  text: JSON.stringify({
    error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'." },
  }),
};
const hex = (content: string): string => hexOf(keyOf(content));

describe("a desk of files", () => {
  it("answers from files, and writes down once what has no answer", async () => {
    const { ask, written, desk } = process(memoryStore(), { [hex("a")]: whole });
    expect(await ask("a")).toMatchObject({ text: "7" });
    void ask("b");
    void ask("b");
    await turns();
    expect(written).toEqual([
      { key: hex("b"), role: "judge", path: "/chat/completions", body: expect.stringContaining('"b"') },
    ]);
    expect(desk.waits()).toBe(2);
  });

  it("lets a refusal teach the provider, in later processes, too", async () => {
    const store = memoryStore();
    const first = process(store, { [hex("a")]: refusal });
    void first.ask("a");
    await turns();
    expect(bodyOf(first.written[0])).toMatchObject({ max_completion_tokens: 9 });
    const second = process(store, { [hex("a")]: whole });
    expect(await second.ask("a")).toMatchObject({ text: "7" });
    const third = process(store);
    void third.ask("b");
    await turns();
    expect(bodyOf(third.written[0])).toMatchObject({ max_completion_tokens: 9 });
  });

  it("gives a final refusal again, and an answer that stays empty is one", async () => {
    const store = memoryStore();
    const long: FileAnswer = { status: 400, text: '{"error":{"message":"maximum context length is 5"}}' };
    await expect(process(store, { [hex("a")]: long }).ask("a")).rejects.toThrow("maximum context");
    const later = process(store);
    await expect(later.ask("a")).rejects.toThrow("maximum context");
    expect(later.written).toEqual([]);
  });
});
