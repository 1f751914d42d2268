import { describe, expect, it } from "vitest";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { createJudge } from "./judge.ts";
import { checkLimit } from "./limit.ts";

const model = (maxTokens?: number, tokensOfTen?: number): LanguageModel => ({
  id: "test:judge",
  identity: "test",
  simulated: false,
  ...(maxTokens === undefined ? {} : { maxTokens }),
  ...(tokensOfTen === undefined ? {} : { countTokens: () => tokensOfTen }),
  generate: () => Promise.reject(new Error("asked")),
});
const weighted = { retries: 3, weighted: true } as const;

describe("a weighted judge's limit on tokens", () => {
  it.each([
    ["none is set", model(), 100],
    ["three", model(3, 2), 100],
    ["one, and a number is one token as far as is known", model(1), 10],
    ["one, and a number is one token", model(1, 1), 10],
  ] as const)("is enough: %s", (_, judge, scale) => {
    expect(() => checkLimit(judge, { ...weighted, scale })).not.toThrow();
  });

  it.each([
    ["two on 1-100", model(2), 100, /1-100/],
    ["one, and ten is two tokens", model(1, 2), 10, /"10" with 2 tokens/],
    ["two, and ten is two tokens", model(2, 2), 10, /limit of 2 tokens/],
  ] as const)("is refused: %s", (_, judge, scale, message) => {
    const settings = { ...weighted, scale };
    expect(() => checkLimit(judge, settings)).toThrow(message);
    expect(() => createJudge(judge, settings)).toThrow(message);
    expect(() => checkLimit(judge, { ...settings, weighted: false })).not.toThrow();
  });
});
