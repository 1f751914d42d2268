import { type Dispatcher, MockAgent } from "undici";
import { describe, expect, it } from "vitest";
import { ask } from "../../../test/contracts/scripted-model.ts";
import { ProviderError, type ProviderFailure } from "../../core/errors.ts";
import type { GenerateResult } from "../../core/ports/language-model.ts";
import { httpTransport } from "../http/transport.ts";
import type { ServerAccess } from "./access.ts";
import { createOpenAIModel } from "./chat.ts";
import { createOpenAIEmbedder } from "./embeddings.ts";

const origin = "http://localhost:8000";
const key = "sk-unit-0123456789";

const accessTo = (agent?: Dispatcher, env = {}): ServerAccess => ({
  env,
  transport: httpTransport(env, undefined, agent),
});

/** A model whose one request is answered with `status` and `body`. */
function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const agent = new MockAgent();
  agent.disableNetConnect();
  agent
    .get(origin)
    .intercept({ path: /^\/v1\//, method: "POST" })
    .reply(status, typeof body === "string" ? body : JSON.stringify(body), { headers });
  return createOpenAIModel(
    { model: "m", baseUrl: `${origin}/v1`, apiKeyEnv: "K" },
    accessTo(agent, { K: key }),
  );
}

async function errorOf(
  status: number,
  body: unknown,
  headers?: Record<string, string>,
): Promise<ProviderError> {
  const error = await answering(status, body, headers)
    .generate(ask("a question"))
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
}

const answer = (choice: object, usage: object | null = { prompt_tokens: 5, completion_tokens: 2 }) => ({
  choices: [{ index: 0, finish_reason: "stop", ...choice }],
  usage,
});
const resultOf = (body: object): Promise<GenerateResult> =>
  answering(200, body).generate({ ...ask("a question"), topLogprobs: 2 });

describe("completions", () => {
  it("are read with usage, reasoning and the log-probabilities of the visible text", async () => {
    const content = ["<think>", "10", "</think>", "7"].map((token) => ({
      token,
      logprob: -0.25,
      bytes: null,
      top_logprobs: [{ token, logprob: -0.25, bytes: null }],
    }));
    expect(
      await resultOf(answer({ message: { content: "<think>10</think>7" }, logprobs: { content } })),
    ).toEqual({
      text: "7",
      reasoning: "10",
      finishReason: "stop",
      usage: { inputTokens: 5, outputTokens: 2 },
      logprobs: [{ token: "7", logprob: -0.25, top: [{ token: "7", logprob: -0.25 }] }],
    });
  });

  it.each([
    [
      { finish_reason: "length", message: { content: null, reasoning: "hm" } },
      { text: "", finishReason: "length", reasoning: "hm" },
    ],
    [
      { finish_reason: "content_filter", message: { content: "" } },
      { text: "", finishReason: "filter" },
    ],
    [{ message: { content: null, refusal: "I will not." } }, { text: "I will not.", finishReason: "filter" }],
    [
      { finish_reason: "eos", message: { content: "7" } },
      { text: "7", finishReason: "stop" },
    ],
    [
      { message: { content: [{ type: "thinking" }, { type: "text", text: "7" }] } },
      { text: "7", finishReason: "stop" },
    ],
  ])("of unusual shape: %j", async (choice, expected) => {
    expect(await resultOf(answer(choice))).toMatchObject(expected);
  });

  it("without usage are measured by their length", async () => {
    const { usage } = await resultOf(answer({ message: { content: "12345678" } }, null));
    expect(usage).toEqual({ inputTokens: 3, outputTokens: 2, estimated: true });
  });

  it("that the server broke off are worth another try", async () => {
    expect((await errorOf(200, answer({ finish_reason: "error", message: { content: "7" } }))).failure).toBe(
      "transient",
    );
  });
});

describe("failures", () => {
  const said = (message: string, code?: string) => ({ error: { message, code } });
  it.each<[number, unknown, ProviderFailure, RegExp]>([
    [401, said("Incorrect API key provided"), "fatal", /variable K\b/],
    [402, said("out of credits"), "fatal", /top up/],
    [403, said("not for you"), "fatal", /variable K\b/],
    [403, said("your input was flagged"), "request", /this very text/],
    [404, said("The model `m` does not exist"), "fatal", /openai:m.*http:\/\/localhost:8000\/v1/],
    [404, "<html>404 page not found</html>", "fatal", /baseUrl/],
    [308, "", "fatal", /baseUrl/],
    [400, said("maximum context length is 4096 tokens"), "request", /shorten/],
    [413, "too large", "request", /shorten/],
    [422, { detail: [{ msg: "bad role" }] }, "request", /shorten/],
    [400, said("The model `m` does not exist", "model_not_found"), "fatal", /model's name/],
    [400, said("Unsupported parameter: 'top_k'"), "fatal", /take the setting/],
    [422, { detail: "Extra inputs are not permitted" }, "fatal", /take the setting/],
    [408, "", "transient", /concurrency/],
    [409, "", "transient", /concurrency/],
    [429, said("slow down"), "transient", /requestsPerMinute/],
    [429, said("You exceeded your current quota", "insufficient_quota"), "fatal", /top up/],
    [500, said("oops"), "transient", /server/],
    [501, said("no"), "fatal", /model/],
    [503, "", "transient", /server/],
    [200, said("upstream failed"), "transient", /server/],
    [200, { error: { message: "invalid key", code: 401 } }, "fatal", /variable K/],
    [200, "[1, 2", "transient", /baseUrl/],
    [200, "7", "transient", /baseUrl/],
    [200, "{}", "transient", /baseUrl/],
  ])("HTTP %i %j is %s", async (status, body, failure, remedy) => {
    const error = await errorOf(status, body);
    expect(error.failure).toBe(failure);
    expect(error.remedy).toMatch(remedy);
    expect(error.where).toBe(
      `POST ${origin}/v1/chat/completions (1 messages, 10 characters, the last one begins "a question")`,
    );
  });

  it("quote the server, shortened and without the key", async () => {
    const { message } = await errorOf(401, { error: { message: `Wrong key ${key} ${"x".repeat(1000)}` } });
    expect(message).toMatch(/^openai:m: HTTP 401: Wrong key \[key\] x+\.\.\.$/);
    expect(message.length).toBeLessThan(350);
  });

  it("tell how long the server wants to rest", async () => {
    const wish = async (value: string) => (await errorOf(429, "", { "retry-after": value })).retryAfterMs;
    expect(await wish("2.5")).toBe(2500);
    expect(await wish(new Date(Date.now() + 60_000).toUTCString())).toBeCloseTo(60_000, -4);
    expect(await wish("soon")).toBeUndefined();
  });

  it("of a server that is not there are worth another try", async () => {
    const failureOf = async (baseUrl: string) => {
      const model = createOpenAIModel({ model: "m", baseUrl }, accessTo());
      const error = await model.generate(ask("a")).catch((e: ProviderError) => e);
      return error as ProviderError;
    };
    const refused = await failureOf("http://127.0.0.1:1/v1");
    expect(refused).toMatchObject({
      failure: "transient",
      remedy: expect.stringMatching(/a server runs at/),
    });
    expect(refused.message).toMatch(/ECONNREFUSED/);
  });
});

it("a server that sends its answer drop by drop is not waited for without end", async () => {
  const { createServer } = await import("node:http");
  const server = createServer((_, response) => {
    const drip = setInterval(() => response.write(" "), 50);
    response.on("close", () => clearInterval(drip));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const model = createOpenAIModel(
    { model: "m", baseUrl: `http://127.0.0.1:${port}`, timeoutSeconds: 0.3 },
    accessTo(),
  );
  await expect(model.generate(ask("a"))).rejects.toMatchObject({ status: 408, failure: "transient" });
  server.closeAllConnections();
  server.close();
});

it("embeddings that are not one vector for each text are not taken", async () => {
  for (const data of [[], [{ embedding: [1] }], [{ embedding: [1] }, { embedding: [1, 2] }], [{}, {}]]) {
    const agent = new MockAgent();
    agent.get(origin).intercept({ path: "/embeddings", method: "POST" }).reply(200, { data });
    const embedder = createOpenAIEmbedder({ model: "m", baseUrl: origin }, accessTo(agent));
    await expect(embedder.embed(["a", "b"])).rejects.toThrow(/without one vector for each of 2 texts/);
  }
});
