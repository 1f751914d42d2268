import { expect, it } from "vitest";
import { weighingTally } from "./weighing.ts";

it("counts weighed scores, whatever their order", () => {
  const [one, other] = [weighingTally(), weighingTally()];
  const found: [number, boolean][] = [
    [0.9, false],
    [0.1, true],
    [0.3333333, true],
    [1, false],
  ];
  for (const [mass, isPlain] of found) one.add(mass, isPlain);
  for (const [mass, isPlain] of found.reverse()) other.add(mass, isPlain);
  expect(one.record()).toEqual({ weighing: { scores: 4, plain: 2, meanMass: expect.closeTo(0.583333, 5) } });
  expect(other.record()).toEqual(one.record());
});

it("says nothing where nothing was weighed", () => {
  expect(weighingTally().record()).toEqual({});
});
