import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findScore, parseScore } from "./parse.ts";
import examples from "./reply/examples.json" with { type: "json" };
import { numeralOf } from "./reply/numeral.ts";

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

/** Pieces of replies: numbers, marks, structure, words of every kind of rule, and anything. */
const piece = fc.oneof(
  fc.constantFrom(
    "7",
    "10",
    "７",
    "seven",
    "8.5",
    "½",
    "-",
    "/",
    " of ",
    "/10",
    " out of 10",
    "~",
    "%",
    "分",
    "점",
  ),
  fc.constantFrom(
    "Score",
    ": ",
    "I rate it ",
    "not ",
    "if ",
    "final ",
    "**",
    "\\boxed{",
    "}",
    '{"score": ',
    '"',
    "'",
  ),
  fc.constantFrom(
    "<score>",
    "</score>",
    "[[",
    "]]",
    "```",
    "\n",
    " ",
    "(1-10)",
    "between ",
    " and ",
    ".",
    "👍",
    "\u200b",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);

it("what is found in any reply is a place in it that spells the score", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const found = findScore(text, 10);
      if (found === null) return;
      expect(found.start).toBeLessThan(found.end);
      expect(numeralOf(text.slice(found.start, found.end))).toBe(found.value);
    }),
    { numRuns: 3000 },
  );
});
