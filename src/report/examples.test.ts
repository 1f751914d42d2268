import { expect, it } from "vitest";
import type { Example, Results, Sample } from "../core/run-record.ts";
import { examplesSection } from "./examples.ts";

const sample = (method: string, reward: number): Sample => ({
  world: 7,
  method,
  user: "u1",
  answer: `<b>${method}</b> says`,
  scores: [
    { principle: "warm", direction: "follow", weight: 0.2, score: 5 },
    { principle: "terse", direction: "avoid", weight: -0.8, score: 5 },
  ],
  reward,
  baselineReward: 4,
  difference: reward - 4,
});

it("shows what a user wrote, asked and wanted, and every method's answer with its gain", () => {
  const example: Example = {
    user: {
      user: "u1",
      attributes: [{ attribute: "anxious", side: "avoid" }],
      history: ["first", "second"],
      prompt: "x".repeat(2_000),
      baseline: "plain",
    },
    samples: [sample("none", 4), sample("routing", 6.5)],
  };
  const methods = [{ name: "none" }, { name: "routing" }, { name: "absent" }];
  const [section] = examplesSection([example], { methods } as unknown as Results);
  const html = section!.body;
  const text = html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  expect(text).toMatch(/“first” “second” .*not anxious.*Wants an answer that is not terse/);
  expect(text).toContain("routing reward 6.5 (+2.5)");
  expect(html).not.toContain("<b>");
  expect(text).not.toContain("absent");
  expect(text).toContain("x …");
});
