import { describe, expect, it } from "vitest";
import { splitReasoning } from "../visible-text.ts";
import examples from "./examples.json" with { type: "json" };

describe("reasoning inside the content", () => {
  it.each(examples.split as { content: string; apart?: string; text: string }[])(
    "leaves of $content: $text",
    ({ content, apart, text }) => expect(splitReasoning(content, apart).text).toBe(text),
  );

  it.each(examples.kept)("is not seen in a text that speaks of marks: %j", (content) => {
    expect(splitReasoning(content)).toEqual({ text: content });
  });

  it("is kept as reasoning, part by part", () => {
    const content = "<think>one</think>\nFirst.\n<thought>two</thought>\nSecond.";
    expect(splitReasoning(content, "zero")).toEqual({
      text: "First.\n\nSecond.",
      reasoning: "zero\none\ntwo",
    });
  });

  it.each(["<think>", "</think> ", "<|channel|>", "\n<think>", "`", "<|channel>", "assistantfinal "])(
    "is looked for in thousands of %j in time that grows with their number",
    (mark) => expect(splitReasoning(`x${mark.repeat(3000)}`).text.length).toBeGreaterThanOrEqual(0),
  );
});
