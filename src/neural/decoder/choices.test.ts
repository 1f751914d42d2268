import { expect, it } from "vitest";
import { maskedLogits, nextTokens } from "./choices.ts";

const numbers = [[1], [2], [1, 0], [1, 0, 0]];

it("tells what may follow, and where an answer may end", () => {
  expect(nextTokens(numbers, [])).toEqual({ ids: new Set([1, 2]), mayEnd: false });
  expect(nextTokens(numbers, [1])).toEqual({ ids: new Set([0]), mayEnd: true });
  expect(nextTokens(numbers, [1, 0])).toEqual({ ids: new Set([0]), mayEnd: true });
  expect(nextTokens(numbers, [1, 0, 0])).toEqual({ ids: new Set(), mayEnd: true });
  expect(nextTokens(numbers, [7])).toEqual({ ids: new Set(), mayEnd: false });
});

it("leaves the logits of what may follow, and nothing else", () => {
  const logits = Float32Array.of(1, 2, 3);
  expect([...maskedLogits(logits, [2, 0])]).toEqual([1, Number.NEGATIVE_INFINITY, 3]);
  expect([...logits]).toEqual([1, 2, 3]);
});
