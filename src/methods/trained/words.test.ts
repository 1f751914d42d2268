import { expect, it } from "vitest";
import { followed } from "./words.ts";

it("a training is told of by its phases and epochs, and nothing is told twice", () => {
  const notes: string[] = [];
  const told = followed("encoder router", (note) => notes.push(note));
  const validation = [{ epoch: 0, loss: 1.5, accuracy: 0.25 }];
  told({ state: "queued" });
  told({ state: "running", phase: "loading" });
  told({
    state: "running",
    phase: "training",
    step: 3,
    steps: 10,
    epoch: 1,
    tokensPerSecond: 1234.5,
    secondsLeft: 8.2,
    validation,
  });
  told({ state: "running", phase: "training", step: 4, steps: 10, epoch: 1, validation });
  told({ state: "running", phase: "training", step: 4, steps: 10, epoch: 1, validation });
  told({ state: "done", validation: [...validation, { epoch: 1, loss: 0.5, accuracy: 0.75 }] });
  expect(notes).toEqual([
    "encoder router: queued",
    "encoder router: loading",
    "encoder router: untrained · validation loss 1.5000, accuracy 25.0 %",
    "encoder router: training · step 3/10 (epoch 1) · 1,235 tokens/s · about 9 s left",
    "encoder router: epoch 1 · validation loss 0.5000, accuracy 75.0 %",
  ]);
});
