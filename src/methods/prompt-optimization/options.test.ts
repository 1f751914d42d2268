import { describe, expect, it } from "vitest";
import { optimizerOf, promptOptimizationOptions, samplingOf } from "./options.ts";

describe("options of prompt optimization", () => {
  it.each([
    ["ours", {}, { schedule: "linear", warmup: 0.1, weightDecay: 0, keep: "best" }],
    [
      "the paper's",
      { optimizer: "paper" },
      { schedule: "constant", warmup: 0, weightDecay: 0.01, keep: "last" },
    ],
    [
      "single settings over the paper's",
      { optimizer: "paper", keep: "best", warmup: 0.2 },
      { schedule: "constant", warmup: 0.2, weightDecay: 0.01, keep: "best" },
    ],
  ])("the optimiser's settings: %s", (_, own, expected) => {
    expect(optimizerOf(promptOptimizationOptions.parse(own))).toEqual(expected);
  });

  it("the adapted LLM samples as the base does, unless it is told otherwise", () => {
    const sampling = (own: object) => samplingOf(promptOptimizationOptions.parse(own));
    expect(sampling({})).toEqual({});
    expect(sampling({ answers: "greedy", answerTokens: 1024 })).toMatchObject({
      temperature: 0,
      maxTokens: 1024,
    });
  });
});
