import { describe, expect, it } from "vitest";
import { UsageError } from "../errors.ts";
import { parseUserConfig } from "./load.ts";
import { addressTrouble, isSecretName, isVariableName, looksLikeKey } from "./secrets.ts";

const SECRET = "Zx81-very-private-Qq7";

describe("names of secrets", () => {
  it.each([
    ...[
      "key",
      "api-key",
      "api_key",
      "apiKey",
      "apikey",
      "x-api-key",
      "subscription-key",
      "Ocp-Apim-Subscription-Key",
    ],
    ...[
      "token",
      "access_token",
      "accessToken",
      "auth_token",
      "hf-token",
      "secret",
      "clientSecret",
      "client_secret",
    ],
    ...[
      "signature",
      "sig",
      "X-Amz-Signature",
      "password",
      "pwd",
      "code",
      "auth",
      "Authorization",
      "credential",
    ],
  ])("%s is one", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    ...["api-version", "apiVersion", "deployment", "model", "region", "max_tokens", "max_completion_tokens"],
    ...[
      "tokens",
      "keyboard",
      "encoding",
      "author",
      "decode",
      "prompt_cache_key",
      "top_k",
      "monkey",
      "hockey",
    ],
    ...["repetition_penalty", "skip_special_tokens", "language_code"],
  ])("%s is none", (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe("keys", () => {
  it.each([
    "sk-proj-abcdefghijkl",
    "sk_live_4eC39HqLyjWDarjt",
    "hf_aBcDeFgHiJkLmNoP",
    "gsk_abcdefgh12345678",
    "AIzaSyA1234567890abcdef",
    "3f9a1b7c2d8e4f60",
    "a1B2c3D4e5F6g7H8",
  ])("%s looks like one", (text) => {
    expect(looksLikeKey(text)).toBe(true);
    expect(isVariableName(text)).toBe(false);
  });

  it.each([
    "OPENAI_API_KEY",
    "AZURE_KEY_2",
    "my_key",
    "TEAM7_OPENROUTER_KEY_2026",
    "HF_TOKEN",
    "_K",
    "OpenAiKeyForProject2024Team",
  ])("%s is a variable's name", (text) => {
    expect(isVariableName(text)).toBe(true);
  });

  it.each(["", "two words", "sk-abc", "1KEY", "KEY=", "$KEY", "café"])("%j is none", (text) => {
    expect(isVariableName(text)).toBe(false);
  });
});

describe("addresses", () => {
  it.each([
    "http://localhost:8000/v1",
    "https://x.openai.azure.com/openai/deployments/d?api-version=2025-01-01-preview",
    "https://host/v1?region=eu&deployment=my-model",
  ])("%s is taken", (address) => {
    expect(addressTrouble(address)).toBeUndefined();
  });

  it.each([
    `https://ann:${SECRET}@host/v1`,
    `https://${SECRET}@host/v1`,
    `https://host/v1?key=${SECRET}`,
    `https://host/v1?api-version=1&code=${SECRET}`,
    `https://host/v1?sig=${SECRET}&x=1`,
    "https://host/v1?x=sk-abcdefgh12345678",
    `ftp://ann:${SECRET}@host/v1`,
    `postgres://ann:${SECRET}@host`,
    `${SECRET}`,
  ])("%s is refused, without being quoted", (address) => {
    const trouble = addressTrouble(address);
    expect(trouble).toBeTruthy();
    expect(trouble).not.toContain(SECRET);
    expect(trouble).not.toContain("sk-abc");
  });
});

describe("a configuration", () => {
  const model = { provider: "openai", model: "m" };
  const refusal = (config: object): string => {
    try {
      parseUserConfig(config, "the command line");
    } catch (error) {
      if (error instanceof UsageError) return `${error.message}\n${error.remedy}`;
      throw error;
    }
    return "";
  };

  it.each<[string, object, string]>([
    [
      "a password in an address",
      { models: { base: { ...model, baseUrl: `https://a:${SECRET}@h/v1` } } },
      "models.base.baseUrl",
    ],
    [
      "a key in a query",
      { models: { judge: { ...model, baseUrl: `https://h/v1?api_key=${SECRET}` } } },
      "models.judge.baseUrl",
    ],
    [
      "another scheme",
      { models: { base: { ...model, baseUrl: `ws://a:${SECRET}@h` } } },
      "models.base.baseUrl",
    ],
    [
      "a field of the body",
      { models: { base: { ...model, options: { api_key: SECRET } } } },
      "models.base.options.api_key",
    ],
    [
      "a header among the fields",
      { models: { base: { ...model, options: { extra_headers: { Authorization: `Bearer ${SECRET}` } } } } },
      "models.base.options.extra_headers.Authorization",
    ],
    [
      "a key under a harmless name",
      { models: { base: { ...model, options: { user: "sk-abcdefgh12345678" } } } },
      "options.user",
    ],
    [
      "a key in place of its name",
      { models: { base: { ...model, apiKeyEnv: SECRET } } },
      "models.base.apiKeyEnv",
    ],
    [
      "a key that could be a name",
      { models: { base: { ...model, apiKeyEnv: "hf_abcdefgh12345678" } } },
      "models.base.apiKeyEnv",
    ],
    [
      "an external system's address",
      { methods: [{ id: "external", url: `https://h/answer?token=${SECRET}` }] },
      "methods[0].url",
    ],
    ["an address in place of a model", { models: { base: `openai://ann:${SECRET}@h` } }, "models.base"],
    [
      "a source of data",
      { conversations: { source: `https://a:${SECRET}@h/data.jsonl` } },
      "conversations.source",
    ],
  ])("with %s is refused by its path alone", (_what, config, path) => {
    const words = refusal(config);
    expect(words).toContain(path);
    expect(words).not.toContain(SECRET);
    expect(words).not.toContain("abcdefgh12345678");
    expect(words).toMatch(/environment variable|http/);
  });

  it("with harmless fields and parameters is taken", () => {
    const options = { stop_token_ids: [1, 2], return_token_ids: true, repetition_penalty: 1.1, user: "me" };
    const baseUrl = "https://host/v1?api-version=2025-01-01-preview";
    expect(refusal({ models: { base: { ...model, baseUrl, options, apiKeyEnv: "AZURE_KEY" } } })).toBe("");
  });
});
