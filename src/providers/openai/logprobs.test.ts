import { describe, expect, it } from "vitest";
import { type ApiToken, tokenList } from "./api-tokens.ts";
import { visibleTokens } from "./logprobs.ts";

const tokens = (...texts: string[]): ApiToken[] =>
  texts.map((token) => ({ token, logprob: -0.5, top_logprobs: [] }));
const spelled = (text: string, ...texts: string[]) =>
  visibleTokens(tokens(...texts), text)?.map((t) => t.token);
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

describe("visibleTokens", () => {
  it("takes the tokens of the final text out of all", () => {
    expect(spelled("10", "<think>", "10", " or 7", "</think>", "\n", "1", "0", "<|im_end|>")).toEqual([
      "1",
      "0",
    ]);
    expect(spelled("10", " 10")).toEqual([" 10"]);
    expect(spelled("", "<think>")).toEqual([]);
  });

  it("does not take the same text out of the reasoning behind it, and joins what stands around reasoning", () => {
    const found = visibleTokens(
      ["7", "\n", "<think>", "7", "?", "</think>"].map((token, i) => ({ token, logprob: -1 - i })),
      "7",
    );
    expect(found).toEqual([{ token: "7", logprob: -1, top: [] }]);
    expect(spelled("Sure.\n\n7", "Sure", ".\n", "<think>", "8", "</think>", "\n", "7")).toEqual([
      "Sure",
      ".\n",
      "7",
    ]);
  });

  it("gives none rather than wrong ones", () => {
    expect(spelled("10", "1", "\ufffd", "0")).toBeUndefined();
    expect(spelled("7", "token_id:55")).toBeUndefined();
    expect(spelled("7", "8")).toBeUndefined();
  });

  it("takes tokens of one character together, by their bytes", () => {
    const [a, b, c] = utf8("７") as [number, number, number];
    const top = (last: number, logprob: number) => ({ token: "?", bytes: [last], logprob });
    const found = visibleTokens(
      [
        {
          token: "\\xef",
          bytes: [a],
          logprob: -0.1,
          top_logprobs: [{ token: "8", bytes: [56], logprob: -3 }],
        },
        { token: "\\xbc", bytes: [b], logprob: 0, top_logprobs: [] },
        { token: "\\x97", bytes: [c], logprob: -0.2, top_logprobs: [top(c, -0.2), top(c + 1, -2)] },
      ],
      "７",
    );
    expect(found?.map((t) => t.token)).toEqual(["７"]);
    expect(found?.[0]?.logprob).toBeCloseTo(-0.3, 12);
    expect(found?.[0]?.top.map((t) => t.token)).toEqual(["8", "７", "８"]);
    expect(found?.[0]?.top[2]?.logprob).toBeCloseTo(-2.1, 12);
  });

  it.each([
    ["escapes", ["7", " ", "\\xf0\\x9f\\x91", "\\x8d"]],
    ["escapes behind a word", ["7", " ", "bytes:\\xf0\\x9f\\x91", "bytes:\\x8d"]],
    ["byte tokens", ["7", " ", "<0xF0>", "<0x9F>", "<0x91>", "<0x8D>"]],
    ["vocabulary names", ["7", "Ġ👍"]],
  ])("reads %s", (_, texts) => expect(spelled("7 👍", ...texts)?.join("")).toBe("7 👍"));

  it("reads a digit's byte token", () => expect(spelled("7", "<0x37>")).toEqual(["7"]));

  it("keeps what it can read around characters that it cannot", () => {
    const found = visibleTokens(
      tokens("<think>", "1", "</think>", "7", " ", "\ufffd", "\ufffd", "!"),
      "7 👍!",
    );
    expect(found?.map((t) => t.token)).toEqual(["7", " ", "👍", "!"]);
    expect(found?.[2]).toEqual({ token: "👍", logprob: Number.NEGATIVE_INFINITY, top: [] });
    expect(spelled("7 👍", "7", " ")).toEqual(["7", " ", "👍"]);
  });

  it("drops what is null, and alternatives without a probability", () => {
    const found = visibleTokens(
      [
        null,
        { token: null, logprob: -1 },
        {
          token: "7",
          logprob: null,
          top_logprobs: [
            null,
            { token: "7", logprob: -0.1 },
            { token: "8", logprob: null },
            { token: "9", logprob: 3 },
          ],
        },
      ],
      "7",
    );
    expect(found).toEqual([
      { token: "7", logprob: Number.NEGATIVE_INFINITY, top: [{ token: "7", logprob: -0.1 }] },
    ]);
    expect(visibleTokens([{ token: "7", logprob: -0.1, top_logprobs: null }], "7")).toHaveLength(1);
  });
});

describe("tokenList", () => {
  const one = { token: "7", logprob: -0.1 };
  it("finds the list in every form that servers send", () => {
    expect(tokenList({ content: [null, one, 3] })).toEqual([one]);
    expect(tokenList([one])).toEqual([one]);
    expect(
      tokenList({
        tokens: ["7"],
        token_logprobs: [-0.1],
        top_logprobs: [{ 7: -0.1, 8: -2 }],
        text_offset: [0],
      }),
    ).toEqual([{ ...one, top_logprobs: [one, { token: "8", logprob: -2 }] }]);
    expect(tokenList({ tokens: ["7"], token_logprobs: null })).toEqual([
      { token: "7", logprob: null, top_logprobs: null },
    ]);
  });
  it.each([null, undefined, "7", 7, {}, { content: null }])("finds none in %j", (sent) => {
    expect(tokenList(sent)).toBeUndefined();
  });
});
