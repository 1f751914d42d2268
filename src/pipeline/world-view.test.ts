import { expect, it } from "vitest";
import { inWorld } from "./world-view.ts";

it("shows methods candidates that can be copied and written as JSON, text and all", () => {
  const candidate = { principle: "gentle", direction: "follow" as const, text: "Take your time." };
  const user = {
    profile: { id: "u", split: "train" as const, attributes: [1 as const] },
    text: { id: "u", history: ["Hi"], prompt: "Why?" },
    candidates: [candidate, null],
    ratings: { rows: 2, columns: 1, scores: Float64Array.of(7, Number.NaN) },
    columns: [0],
  };
  const { visible } = inWorld(user, { seed: 1, kind: "signed-permutation", matrix: [[1]] }, 1);
  const shown = { ...candidate, reward: 7 };
  expect(visible.candidates.map((one) => ({ ...one }))).toEqual([shown]);
  expect(JSON.parse(JSON.stringify(visible.candidates))).toEqual([shown]);
});
