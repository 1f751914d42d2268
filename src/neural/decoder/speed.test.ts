import { expect, it } from "vitest";
import { RANDOM_CONFIG, randomWeights } from "../../../test/support/random-checkpoint.ts";
import { placeModel } from "./placed.ts";
import { measureSpeed, writingTime } from "./speed.ts";

it("a network's speed is told for reading and writing", async () => {
  const speed = await measureSpeed(placeModel(RANDOM_CONFIG, randomWeights(RANDOM_CONFIG)), 0, 2);
  expect(speed.read).toBeGreaterThan(0);
  expect(Number.isFinite(speed.written)).toBe(true);
});

it("the time of further tokens is what they add, and most of the whole where other work slowed the first ones", () => {
  expect(writingTime(0.2, 1.2)).toBeCloseTo(1, 12);
  for (const first of [1, 1.2, 5]) expect(writingTime(first, 1.3)).toBeCloseTo(0.8, 12);
});
