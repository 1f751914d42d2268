import { expect, it } from "vitest";
import { endingTally } from "./endings.ts";

it("counts rewrites that were ended, for a stage and for the run", () => {
  const run = endingTally();
  const stages = [endingTally(), endingTally()];
  for (const stage of stages) {
    const tell = stage.also(run.add);
    tell("mark");
    tell("repetition");
    tell("mark");
  }
  expect(run.record()).toEqual({ ended: { mark: 4, repetition: 2 } });
  expect(stages[0]!.words()).toBe(
    "3 rewrites that ran on were ended: 2 at a mark of their prompt, 1 before a repetition",
  );
});

it("says nothing where none was", () => {
  expect([endingTally().record(), endingTally().words()]).toEqual([{}, ""]);
});
