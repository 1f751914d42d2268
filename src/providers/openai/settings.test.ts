import { describe, expect, it } from "vitest";
import { ask } from "../../../test/contracts/scripted-model.ts";
import { UsageError } from "../../core/errors.ts";
import { FIRST_MANNER, type Manner } from "./manner.ts";
import { chatBodies } from "./request-body.ts";
import { requestSeed } from "./request-seed.ts";
import { endpointOf, identityOf, type OpenAISettings } from "./settings.ts";

const local = { model: "gpt-oss-120b", baseUrl: "http://localhost:8000/v1" };
const sampling: OpenAISettings = {
  ...local,
  temperature: 1,
  topP: 0.95,
  topK: 40,
  minP: 0.1,
  seed: 7,
  stop: ["\n\n"],
  maxTokens: 4096,
  reasoning: "medium",
  options: { repetition_penalty: 1.1 },
};
const bodyOf = (settings: OpenAISettings, request = ask("hi"), manner?: Manner) =>
  JSON.parse(chatBodies(settings)(request, manner));
const messages = ask("hi").messages;

describe("identityOf", () => {
  it("changes with everything that can change an answer", () => {
    const identity = identityOf("chat", sampling);
    for (const change of [
      { model: "other" },
      { temperature: 0.9 },
      { topP: 1 },
      { topK: 50 },
      { minP: 0 },
      { seed: 8 },
      { stop: ["."] },
      { maxTokens: 100 },
      { reasoning: "high" as const },
      { options: { repetition_penalty: 1.2 } },
    ]) {
      expect(identityOf("chat", { ...sampling, ...change })).not.toBe(identity);
    }
    expect(identityOf("embeddings", sampling)).not.toBe(identity);
  });

  it("does not change with address, key or traffic, and holds none of them", () => {
    const elsewhere = {
      ...sampling,
      baseUrl: "https://x.example/v1",
      apiKeyEnv: "KEY",
      headersEnv: { "api-key": "AZURE" },
      basicAuthEnv: "LOGIN",
      queryEnv: { key: "KEY" },
      timeoutSeconds: 3,
      concurrency: 9,
    };
    expect(identityOf("chat", elsewhere)).toBe(identityOf("chat", sampling));
  });
});

describe("chatBodies", () => {
  it("sends what is set, and nothing that is not", () => {
    expect(bodyOf(local)).toEqual({ model: "gpt-oss-120b", messages });
    expect(bodyOf(sampling, { ...ask("hi", 2), topLogprobs: 20 })).toEqual({
      model: "gpt-oss-120b",
      messages,
      temperature: 1,
      top_p: 0.95,
      top_k: 40,
      min_p: 0.1,
      stop: ["\n\n"],
      max_tokens: 4096,
      reasoning_effort: "medium",
      repetition_penalty: 1.1,
      seed: requestSeed(7, messages, 2),
      logprobs: true,
      top_logprobs: 20,
    });
  });

  it("lets a request have a token limit of its own", () => {
    const request = { ...ask("hi"), maxTokens: 5, topLogprobs: 3 };
    expect(bodyOf(sampling, request)).toMatchObject({
      max_tokens: 5,
      seed: requestSeed(7, messages, 0),
      top_logprobs: 3,
      top_k: 40,
    });
    expect(bodyOf(local, request)).toMatchObject({ max_tokens: 5, messages });
  });

  it("names the token limit as the server knows it", () => {
    const newer = { ...FIRST_MANNER, limit: "max_completion_tokens" } as const;
    expect(bodyOf({ ...local, maxTokens: 9 }, ask("hi"), newer)).toEqual({
      model: local.model,
      messages,
      max_completion_tokens: 9,
    });
    const told = { ...local, maxTokens: 9, options: { max_completion_tokens: 7 } };
    expect(bodyOf(told)).toEqual({ model: local.model, messages, max_completion_tokens: 7 });
    expect(bodyOf(told, { ...ask("hi"), maxTokens: 3 }).max_completion_tokens).toBe(3);
  });

  it("turns reasoning on and off in every way that servers know, until one is refused", () => {
    expect(bodyOf({ ...local, reasoning: false })).toEqual({
      model: "gpt-oss-120b",
      messages,
      reasoning_effort: "none",
      reasoning: { enabled: false },
      chat_template_kwargs: { enable_thinking: false },
    });
    expect(bodyOf({ ...local, reasoning: true })).toEqual({
      model: "gpt-oss-120b",
      messages,
      reasoning: { enabled: true },
      chat_template_kwargs: { enable_thinking: true },
    });
    const learnt = { ...FIRST_MANNER, switches: new Set(["reasoning_effort"] as const), leastEffort: "low" };
    expect(bodyOf({ ...local, reasoning: false }, ask("hi"), learnt)).toEqual({
      model: "gpt-oss-120b",
      messages,
      reasoning_effort: "low",
    });
  });

  it("lets the user's own fields stand", () => {
    const options = { chat_template_kwargs: { x: 1 }, reasoning_effort: "minimal" };
    expect(bodyOf({ ...local, reasoning: false, options })).toMatchObject({
      chat_template_kwargs: { enable_thinking: false, x: 1 },
      reasoning_effort: "minimal",
    });
  });
});

describe("endpointOf", () => {
  it("reads the key from the named variable, and from OPENAI_API_KEY for OpenAI alone", () => {
    expect(endpointOf(local, { OPENAI_API_KEY: "sk-1" }).headers.authorization).toBeUndefined();
    const mine = endpointOf({ ...local, apiKeyEnv: "MINE" }, { MINE: " sk-2\n" });
    expect(mine.headers.authorization).toBe("Bearer sk-2");
    const openai = endpointOf({ model: "m" }, { OPENAI_API_KEY: "sk-1" });
    expect(openai).toMatchObject({ origin: "https://api.openai.com", path: "/v1" });
    expect(openai.headers.authorization).toBe("Bearer sk-1");
  });

  it("takes address and query apart, and adds parameters from the environment", () => {
    const url = "https://host.example:8443/openai/v1/?api-version=2025-01-01-preview";
    const endpoint = endpointOf({ model: "m", baseUrl: url }, {});
    expect(endpoint.origin).toBe("https://host.example:8443");
    expect(endpoint.path + endpoint.query).toBe("/openai/v1?api-version=2025-01-01-preview");
    const query = (baseUrl: string) =>
      endpointOf({ model: "m", baseUrl, queryEnv: { key: "K" } }, { K: "a secret&" }).query;
    expect(query(url)).toBe("?api-version=2025-01-01-preview&key=a%20secret%26");
    expect(query("https://host.example/v1")).toBe("?key=a%20secret%26");
  });

  it("sends headers and a password from the environment, in place of OpenAI's own key, and hides them", () => {
    const env = { AZURE: "azure-secret", LOGIN: "ann:secret-word", OPENAI_API_KEY: "sk-1" };
    const azure = endpointOf({ model: "m", headersEnv: { "api-key": "AZURE" } }, env);
    expect(azure.headers).toMatchObject({ "api-key": "azure-secret" });
    expect(azure.headers.authorization).toBeUndefined();
    expect(azure.variables).toEqual(["AZURE"]);
    const basic = endpointOf({ ...local, basicAuthEnv: "LOGIN" }, env);
    expect(basic.headers.authorization).toBe(`Basic ${Buffer.from("ann:secret-word").toString("base64")}`);
    expect(basic.redact(`no "secret-word" here`)).toBe(`no "[key]" here`);
  });

  it.each([
    [{ ...local, apiKeyEnv: "NONE" }, /NONE holds no key/],
    [{ model: "m" }, /OPENAI_API_KEY holds no key/],
    [{ model: "http://x:sk-very@localhost:8000/v1" }, /an address stands where the model's name belongs/],
    [{ ...local, apiKeyEnv: "ODD" }, /characters that no header can carry/],
    [{ ...local, baseUrl: "localhost:8000" }, /http:/],
    [{ ...local, baseUrl: "ftp://x:sk-very@y/v1" }, /http:/],
    [{ ...local, baseUrl: "https://ann:sk-very@host/v1" }, /name or a password/],
  ])("refuses what cannot work, without telling the key", (settings, message) => {
    let error: unknown;
    try {
      endpointOf(settings, { ODD: "sk-very secret" });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
    expect((error as UsageError).remedy).toBeTruthy();
    expect(JSON.stringify(error)).not.toContain("sk-very");
  });
});
