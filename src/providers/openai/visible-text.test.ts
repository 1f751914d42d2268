import { describe, expect, it } from "vitest";
import { splitReasoning } from "./visible-text.ts";

describe("splitReasoning", () => {
  it.each([
    ["nothing to split", "Just 7.", undefined, "Just 7.", undefined],
    ["a field of its own", "7", "hm, gentle", "7", "hm, gentle"],
    ["an empty field", "7", "", "7", undefined],
    ["a think block", "<think>\nmaybe 10?\n</think>\n\n7", undefined, "7", "maybe 10?"],
    ["a block that was never closed", "<think>maybe 10, or 9", undefined, "", "maybe 10, or 9"],
    ["a block that the template opened", "maybe 10?\n</think>\n7", undefined, "7", "maybe 10?"],
    [
      "a closing mark inside the reasoning",
      "<think>it says </think> 10!</think>7",
      undefined,
      "7",
      "it says </think> 10!",
    ],
    ["another spelling", "[THINK]maybe 10[/THINK]7", undefined, "7", "maybe 10"],
    ["several blocks", "<think>a</think> 3 <think>b</think> 7", undefined, "7", "a</think> 3 <think>b"],
    ["a field and a block", "<think>b</think>7", "a", "7", "a\nb"],
    [
      "text about think blocks",
      "Write <think> and </think> around it.",
      undefined,
      "Write <think> and </think> around it.",
      undefined,
    ],
    [
      "a closing mark when reasoning is apart",
      "The mark </think> ends it.",
      "a",
      "The mark </think> ends it.",
      "a",
    ],
    [
      "channels",
      "<|channel|>analysis<|message|>maybe 10<|end|><|start|>assistant<|channel|>final<|message|>7<|return|>",
      undefined,
      "7",
      "maybe 10",
    ],
    [
      "channels with a commentary and a constraint",
      "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary<|message|>b<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>7",
      undefined,
      "7",
      "a\nb",
    ],
    [
      "channels cut before the final one",
      "<|channel|>analysis<|message|>maybe 10",
      undefined,
      "",
      "maybe 10",
    ],
    ["channels without their marks", "analysisWe think 10.assistantfinal7", undefined, "7", "We think 10."],
    [
      "a text that begins with that word",
      "analysis is a branch of mathematics",
      undefined,
      "analysis is a branch of mathematics",
      undefined,
    ],
  ])("%s", (_, content, apart, text, reasoning) => {
    expect(splitReasoning(content, apart)).toEqual(reasoning === undefined ? { text } : { text, reasoning });
  });
});
