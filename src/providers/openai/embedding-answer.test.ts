import { describe, expect, it } from "vitest";
import { ProviderError } from "../../core/errors.ts";
import { parseEmbeddings } from "./embedding-answer.ts";
import type { CallSite } from "./http-errors.ts";

const site = (): CallSite => ({
  id: "openai:e",
  endpoint: { origin: "http://h", redact: (text: string) => text } as CallSite["endpoint"],
  summary: "/embeddings",
});
const parse = (answer: unknown, texts = ["one", "two"]) =>
  parseEmbeddings(JSON.stringify(answer), texts, site);
const lists = (...vectors: unknown[]) => ({
  data: vectors.map((embedding, index) => ({ index, embedding })),
});

describe("an answer of an embedding server", () => {
  it("gives vectors in the order of the texts, whatever theirs is", () => {
    const data = [
      { index: 1, embedding: [3, 4] },
      { index: 0, embedding: [1, 2] },
    ];
    const { vectors, inputTokens } = parse({ data, usage: { prompt_tokens: 7 } });
    expect(vectors.map((v) => [...v])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(inputTokens).toBe(7);
  });

  it("may hold 32-bit floats in base64", () => {
    const packed = Buffer.from(Float32Array.of(0.5, -2).buffer).toString("base64");
    expect(parse(lists(packed, [1, 2])).vectors.map((v) => [...v])).toEqual([
      [0.5, -2],
      [1, 2],
    ]);
  });

  it("keeps a null as what it is: no number", () => {
    expect([...parse(lists([1, null], [1, 2])).vectors[0]!]).toEqual([1, Number.NaN]);
  });

  it.each([
    ["no usage", {}],
    ["a text", { usage: { prompt_tokens: "seven" } }],
    ["a negative number", { usage: { prompt_tokens: -7 } }],
  ])("counts tokens by length where the server states %s", (_, usage) => {
    expect(parse({ ...lists([1], [2]), ...usage }).inputTokens).toBe(2);
  });

  it.each([
    ["too few", lists([1, 2])],
    ["too many", lists([1], [2], [3])],
    ["vectors of two lengths", lists([1], [1, 2])],
    ["empty vectors", lists([], [])],
    [
      "the same place twice",
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [2] },
        ],
      },
    ],
    [
      "a place that is none",
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 1e9, embedding: [2] },
        ],
      },
    ],
    ["texts in place of numbers", lists(["a"], ["b"])],
    ["no list", { data: null }],
    ["another object", { error: "busy" }],
  ])("with %s is worth another try, and never a result", (_, answer) => {
    expect(() => parse(answer)).toThrow(
      expect.objectContaining({
        constructor: ProviderError,
        failure: "transient",
        message: expect.stringContaining("without one vector for each of 2 texts"),
      }),
    );
  });
});
