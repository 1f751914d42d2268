import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPLIES_FILE, type RecordedReplies, type RecordedReply } from "../../scripts/real/replies.ts";
import type { ProviderError } from "../../src/core/errors.ts";
import { shortfallOf } from "../../src/core/gauge.ts";
import type { GenerateResult } from "../../src/core/ports/language-model.ts";
import { weighed } from "../../src/judge/weighted.ts";
import { guardedEmbedder } from "../../src/providers/decorators/embedding.ts";
import { guardedModel } from "../../src/providers/decorators/guarded.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { createOpenAIModel } from "../../src/providers/openai/chat.ts";
import { createOpenAIEmbedder } from "../../src/providers/openai/embeddings.ts";
import { languageModelContract } from "./language-model-contract.ts";
import { replayingServer } from "./replaying-server.ts";
import { scriptedModel } from "./scripted-model.ts";
import { serverGuards } from "./server-guards.ts";

const recorded: RecordedReplies = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", REPLIES_FILE), "utf8"),
);
const access = { env: {}, transport: httpTransport({}) };
const of = (what: string): RecordedReply[] => recorded.chat.filter((reply) => reply.what === what);
const one = (what: string): RecordedReply => of(what)[0] as RecordedReply;

/** What a recorded reply says, read by its raw fields alone. */
function raw({ reply }: RecordedReply): GenerateResult {
  const choice = reply.choices?.[0];
  return {
    text: choice?.message.content ?? "",
    finishReason: choice?.finish_reason === "length" ? "length" : "stop",
    usage: {
      inputTokens: reply.usage?.prompt_tokens ?? 0,
      outputTokens: reply.usage?.completion_tokens ?? 0,
    },
  };
}

const contract = of("contract");
const drawn = [...contract, ...of("another draw")];
languageModelContract(
  `openai, replies of ${recorded.server}`,
  async () => {
    const { baseUrl, close } = await replayingServer(recorded);
    const settings = { ...(contract[0] as RecordedReply).settings, baseUrl };
    const model = guardedModel(createOpenAIModel(settings, access), "base", serverGuards(16));
    return { model, hasLogprobs: true, close };
  },
  contract.map(({ request }) => request),
  scriptedModel(({ messages, sample }) => {
    const same = drawn.find(
      ({ request }) =>
        request.sample === sample && JSON.stringify(request.messages) === JSON.stringify(messages),
    );
    return raw(same as RecordedReply);
  }),
);

describe(`replies of ${recorded.server}`, () => {
  let server: Awaited<ReturnType<typeof replayingServer>>;
  beforeAll(async () => {
    server = await replayingServer(recorded);
  });
  afterAll(() => server.close());

  const answer = ({ settings, request }: RecordedReply): Promise<GenerateResult> =>
    createOpenAIModel({ ...settings, baseUrl: server.baseUrl }, access).generate(request);
  const refusal = (reply: RecordedReply): Promise<ProviderError> =>
    answer(reply).then(
      () => expect.unreachable(),
      (error: ProviderError) => error,
    );

  it("a cut answer is called cut", async () => {
    const cut = await answer(one("cut"));
    expect(cut).toMatchObject({ ...raw(one("cut")), finishReason: "length" });
    expect(cut.usage.outputTokens).toBe(4);
  });

  it("an empty answer is nothing", async () => {
    const empty = await answer(one("empty"));
    expect(empty).toMatchObject({ text: "", finishReason: "stop" });
    expect(shortfallOf(empty, true)?.what).toBe("was empty");
  });

  it("a base model goes on with the conversation, and never ends", async () => {
    const echo = await answer(one("base model"));
    expect(echo.finishReason).toBe("length");
    expect(echo.text).toContain("<|im_start|>user");
  });

  it("a small judge that may write what it likes gives no score", async () => {
    const { text, logprobs = [], finishReason } = await answer(one("judge, free"));
    expect(logprobs.map(({ token }) => token).join("")).toBe(text);
    expect(weighed(logprobs, 10, { text, isCut: finishReason === "length" })).toBeNull();
  });

  it.each([
    ["grammar", (text: string) => Number(text)],
    ["response_format", (text: string) => JSON.parse(text).score as number],
  ] as const)(
    "a judge that is held by %s against its will tells a number, and how little it means",
    async (form, read) => {
      const reply = one(`judge, held by ${form}`);
      const { text, logprobs = [], finishReason } = await answer(reply);
      expect(finishReason).toBe("stop");
      const found = weighed(logprobs, 10, { text });
      expect(found?.written).toBe(read(text));
      expect(found?.score).toBeGreaterThanOrEqual(1);
      expect(found?.score).toBeLessThanOrEqual(10);
      // Probabilities are told as they were before the form: next to nothing was on numbers.
      const first = reply.reply.choices?.[0]?.logprobs?.content.find(({ token }) => /^\d/.test(token));
      expect(found?.mass).toBeLessThan(0.05);
      expect(found?.mass).toBeLessThanOrEqual(
        Math.exp(first?.logprob ?? 0) +
          (first?.top_logprobs ?? []).reduce(
            (sum, { token, logprob }) => (/^\d/.test(token) ? sum + Math.exp(logprob) : sum),
            0,
          ),
      );
    },
  );

  it("a prompt that is too long concerns that prompt alone, and says what to do", async () => {
    const error = await refusal(one("too long"));
    expect(error).toMatchObject({ name: "ProviderError", failure: "request", status: 400 });
    expect(error.message).toContain("exceeds the available context size");
    expect(error.remedy).toContain("--ctx-size");
  });

  it("a form that the server does not take is refused as such", async () => {
    const error = await refusal(one("wrong grammar"));
    expect(error).toMatchObject({ failure: "request", refuses: { what: "constraint" } });
  });

  it("a template that knows no system messages is put right by the server itself", async () => {
    const reply = one("template without system");
    expect(await answer(reply)).toMatchObject(raw(reply));
  });

  it("embeddings come in order, of one length, with similar ones nearer", async () => {
    const [[bread, loaf, engine]] = [await embed("three texts")] as [
      [Float32Array, Float32Array, Float32Array],
    ];
    expect(bread.length).toBe(384);
    expect(dot(bread, loaf)).toBeGreaterThan(dot(bread, engine) + 0.5);
    expect((await embed("an empty text"))[0]?.every(Number.isFinite)).toBe(true);
  });

  it("a text that is too long to embed is refused at once, though the server calls it its own fault", async () => {
    const failed = recorded.embeddings.find(({ what }) => what === "too long");
    expect(failed?.status).toBe(500);
    const error: ProviderError = await embed("too long").then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(error).toMatchObject({ failure: "request", status: 500 });
    expect(error.remedy).toContain("longer context");
  });

  const embed = (what: string): Promise<Float32Array[]> => {
    const provider = createOpenAIEmbedder({ model: "minilm", baseUrl: server.baseUrl }, access);
    const texts = recorded.embeddings.find((known) => known.what === what)?.texts ?? [];
    return guardedEmbedder(provider, serverGuards(1)).embed(texts);
  };
});

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
