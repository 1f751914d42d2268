import { describe, expect, it } from "vitest";
import { findScore, parseScore } from "./parse.ts";
import examples from "./reply/examples.json" with { type: "json" };

describe("a reply on 1-10", () => {
  it.each(examples.read as [string, number][])("%j is read as %d", (text, score) => {
    expect(parseScore(text, 10)).toBe(score);
  });

  it.each(examples.unread)("%j stays unread", (text) => {
    expect(parseScore(text, 10)).toBeNull();
  });
});

describe("a reply on 1-100", () => {
  it.each([
    ["1", 1],
    ["100", 10],
    ["50.5", 5.5],
    ["Score (1-100): 34", 4],
    ["On a scale of 1 to 100, I'd rate this 67.", 7],
    ["67/100", 7],
    ["67 out of 100", 7],
    ["67%", 7],
    ["sixty-seven", 7],
    ['{"score": 67, "max": 100}', 7],
    ["67 von 100", 7],
    ["67分（满分100分）", 7],
  ])("%j is mapped linearly to %d", (text, score) => expect(parseScore(text, 100)).toBeCloseTo(score, 12));

  it.each(["7/10", "101", "On a scale of 1 to 10: 7", "60-70", "between 60 and 70", "1-100", "6 out of 10"])(
    "%j stays unread",
    (text) => expect(parseScore(text, 100)).toBeNull(),
  );
});

describe("the place of the score", () => {
  const written = (text: string): string | undefined => {
    const found = findScore(text, 10);
    return found === null ? undefined : text.slice(found.start, found.end);
  };

  it.each([
    ["On a scale of 1 to 10, I rate it 9.", "9"],
    ["It has 9 kind words.\n\n**Score:** 9", "9", 33],
    ['{"kind_words": 9, "score": "9"}', "9", 28],
    ["\\boxed{\\text{7}}", "7"],
    ["👍 ７.５", "７.５"],
    ["I'd say seven.", "seven"],
    ["𝟕/10", "𝟕"],
    ["\ufeff7️⃣", "7"],
  ])("in %j is %j", (text, number, start?: number) => {
    expect(written(text)).toBe(number);
    if (start !== undefined) expect(findScore(text, 10)?.start).toBe(start);
  });
});

it.each([" ", "\n", '"', "[", '{"a":', "<score>", "\\text{", "7-", "7 ", "score ", "rate it, "])(
  "a run of thousands of %j is read to its end, and is no score",
  (piece) => expect(parseScore(`${piece.repeat(4000)}x`, 10)).toBeNull(),
);
