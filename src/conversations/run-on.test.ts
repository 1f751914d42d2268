import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beforeRepetition, endedText, marksOf } from "./run-on.ts";

const FENCE = "80cbdb824a";

describe("a rewrite that runs on", () => {
  it.each<[string, string, string]>([
    [
      "goes back to the message",
      `Why is the sky blue?\n<message-${FENCE}>\nWhat is the sky`,
      "Why is the sky blue?",
    ],
    [
      "closes the message",
      `So why is it blue?\n</message-${FENCE}>\n\nHere is another`,
      "So why is it blue?",
    ],
    [
      "repeats the frame",
      `<message-${FENCE}>\nSo why is it blue?\n</message-${FENCE}>`,
      "So why is it blue?",
    ],
    ["goes back to the person", "So why is it blue?\nThe person:\n- writes", "So why is it blue?"],
  ])("ends where it %s, whether it was cut or not", (_, text, kept) => {
    for (const isCut of [true, false])
      expect(endedText(text, FENCE, isCut)).toEqual({ text: kept, ending: "mark" });
  });

  it("that only repeats the opening of the frame keeps all of its own", () => {
    expect(endedText(`<message-${FENCE}>\nSo why?`, FENCE, false)).toEqual({ text: "So why?" });
  });

  it.each<[string, string]>([
    [
      "How do I bake bread? I have flour. I have flour. I have flour. I ha",
      "How do I bake bread? I have flour.",
    ],
    ["How do I bake?\n1. I need it.\n2. I need it.\n3. I need", "How do I bake?\n1. I need it."],
    ["I want bread. Tell me how. I want bread. Tell me how. I want", "I want bread. Tell me how."],
    ["Can you help me? I am so so so so so so so so so so", "Can you help me?"],
    ["Help me. It is hot and cold and hot and cold and hot and cold and hot and cold and", "Help me."],
    ["どう焼くの？ 粉がある。 粉がある。 粉が", "どう焼くの？ 粉がある。"],
  ])("is cut at the end of a sentence when the rest is repetition: %j", (text, kept) => {
    expect(endedText(text, FENCE, true)).toEqual({ text: kept, ending: "repetition" });
    expect(endedText(text, FENCE, false)).toEqual({ text });
  });

  it.each([
    "How do I bake bread? I have flour. I have flour. And now something new, whi",
    "How do I bake bread without a machine, and what do I",
    "I am so so so so so so so so so so",
    "Please, please, please tell me how",
    "It rains. It rains. The sun shines. It r",
  ])("is left as it is where the rest says something new, or nothing stands before it: %j", (text) => {
    expect(endedText(text, FENCE, true)).toEqual({ text });
  });

  it("what is left is a beginning of the text, and nothing more can be taken from it", () => {
    const words = fc.constantFrom("why", "bread", "so", "hot", ".", "?", "\n", "I am.", "1.");
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const text = parts.join(" ").trim();
        const kept = beforeRepetition(text);
        if (kept === null) return;
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThan(text.length);
        expect(kept).not.toBe("");
      }),
    );
  });

  it("has few marks: servers take four", () => {
    expect(marksOf(FENCE).length).toBeLessThan(4);
  });
});
