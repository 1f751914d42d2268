import { describe, expect, it } from "vitest";
import { jax } from "../../../test/support/neural-reference.ts";
import type { Tensor } from "./forward.ts";
import { tokenLogProbs } from "./log-probs.ts";

const { numpy: np } = jax;

describe("log-probabilities over a large vocabulary", () => {
  const VOCABULARY = 49_152;
  /** Each term of the tail is below half of the last digit of what stands before it, all together are 0.2 % of the sum. */
  const TAIL = -17;
  const sum = 1 + (VOCABULARY - 1) * Math.exp(TAIL);
  const logits = (): Tensor => {
    const numbers = new Float32Array(VOCABULARY).fill(TAIL);
    numbers[0] = 0;
    return np.array(numbers, { shape: [1, 1, VOCABULARY] });
  };
  const target = (token: number): Tensor => np.array(Int32Array.of(token), { shape: [1, 1] });

  it("count what is improbable", () => {
    expect(tokenLogProbs(jax, logits(), target(0)).dataSync()[0]).toBeCloseTo(-Math.log(sum), 5);
    expect(tokenLogProbs(jax, logits(), target(7)).dataSync()[0]).toBeCloseTo(TAIL - Math.log(sum), 4);
  });

  it("have the gradient of a softmax", () => {
    const total = (x: Tensor): Tensor => tokenLogProbs(jax, x, target(7)).sum();
    const gradient = (jax.grad(total)(logits()) as Tensor).dataSync();
    expect((gradient[0] as number) * sum).toBeCloseTo(-1, 5);
    expect(gradient[7]).toBeCloseTo(1 - Math.exp(TAIL) / sum, 6);
  });
});
