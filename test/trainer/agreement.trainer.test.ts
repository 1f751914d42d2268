import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { weightsOf } from "../../scripts/real/places.ts";
import { type Agreement, agreement } from "../../scripts/trainer/agreement.ts";
import { LOSSES, planOf } from "../../scripts/trainer/agreement-plans.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { TRAINER_PYTHON } from "./real-trainer.ts";

const folder = temporaryFolder();

/** Relative; the mean margin after a training may differ more, and pairs near 0 may fall to the other side. */
function expectAgreement(found: Agreement): void {
  expect(found.otherWeights).toBe(0);
  for (const { loss, gradient } of Object.values(found.fromExact)) {
    expect(loss).toBeLessThan(1e-4);
    expect(gradient).toBeLessThan(1e-4);
  }
  expect(found.loss).toBeLessThan(1e-4);
  expect(found.gradient).toBeLessThan(1e-4);
  expect(found.meanMargin.difference).toBeLessThan(0.02);
  expect(found.decidedOtherwise).toBeLessThanOrEqual(2);
  // Otherwise nothing was trained that could agree.
  expect(found.meanMargin.inProcess).toBeGreaterThan(2 * Math.abs(found.untrainedMargin));
}

describe("the trainer and the in-process trainer agree in losses, gradients and what comes of them", () => {
  it.each(["dpo", "simpo"] as const)("on the package's own checkpoint, by %s", async (loss) => {
    const plan = await planOf("tiny", LOSSES[loss], join(folder, loss), TRAINER_PYTHON);
    expectAgreement(await agreement(plan));
  });

  it.skipIf(!existsSync(weightsOf("smollm2")))(
    "on a real LLM",
    async () => {
      const plan = await planOf("smollm2", LOSSES.dpo, join(folder, "real"), TRAINER_PYTHON);
      expectAgreement(await agreement(plan));
    },
    1_200_000,
  );
});
