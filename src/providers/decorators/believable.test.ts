import { describe, expect, it } from "vitest";
import { ask } from "../../../test/contracts/scripted-model.ts";
import { believableInput, believableUsage } from "./believable.ts";

const request = ask("a question of some length");
const answer = (usage: object, text = "forty characters of an answer, or nearly.") =>
  ({ usage, text }) as { usage: { inputTokens: number; outputTokens: number }; text: string };

describe("usage", () => {
  it("that can be is taken as it is", () => {
    for (const usage of [
      { inputTokens: 12, outputTokens: 9 },
      { inputTokens: 9000, outputTokens: 30_000 },
    ]) {
      expect(believableUsage(request, answer(usage))).toBe(usage);
    }
    expect(believableUsage(request, answer({ inputTokens: 5, outputTokens: 0 }, ""))).toEqual({
      inputTokens: 5,
      outputTokens: 0,
    });
  });

  it.each([
    ["negative", { inputTokens: -5, outputTokens: -1 }],
    ["no number", { inputTokens: Number.NaN, outputTokens: Number.NaN }],
    ["a text", { inputTokens: "7", outputTokens: "9" }],
    ["absent", { inputTokens: undefined, outputTokens: null }],
    ["a fraction", { inputTokens: 1.5, outputTokens: 0.1 }],
    ["nothing for a text", { inputTokens: 0, outputTokens: 0 }],
    ["absurd", { inputTokens: 1e9, outputTokens: 1e12 }],
    ["endless", { inputTokens: Number.POSITIVE_INFINITY, outputTokens: Number.POSITIVE_INFINITY }],
  ])("that is %s is estimated from lengths", (_what, usage) => {
    const believed = believableUsage(request, answer(usage));
    expect(believed).toEqual({ inputTokens: expect.any(Number), outputTokens: 11, estimated: true });
    expect(believed.inputTokens).toBeGreaterThan(5);
    expect(believed.inputTokens).toBeLessThan(60);
  });

  it("beyond the limit that was set is not believed, the part that can be is", () => {
    const limited = { ...request, maxTokens: 50 };
    expect(believableUsage(limited, answer({ inputTokens: 12, outputTokens: 51 }))).toMatchObject({
      outputTokens: 51,
    });
    expect(believableUsage(limited, answer({ inputTokens: 12, outputTokens: 5000 }))).toEqual({
      inputTokens: 12,
      outputTokens: 11,
      estimated: true,
    });
  });

  it("of embeddings is held to the same", () => {
    const texts = ["a text", "another text"];
    expect(believableInput(texts, 7)).toEqual({ inputTokens: 7, outputTokens: 0 });
    for (const wrong of [-1, 0, Number.NaN, 1e9, "7" as unknown as number]) {
      expect(believableInput(texts, wrong)).toEqual({ inputTokens: 5, outputTokens: 0, estimated: true });
    }
  });
});
