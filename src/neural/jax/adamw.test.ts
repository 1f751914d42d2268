import { describe, expect, it } from "vitest";
import { jax } from "../../../test/support/neural-reference.ts";
import reference from "./adamw.reference.json" with { type: "json" };
import { adamW } from "./adamw.ts";
import type { Tensor } from "./forward.ts";

const { numpy: np } = jax;
type Params = { matrix: Tensor; vector: Tensor };

const tensors = ({ matrix, vector }: { matrix: number[]; vector: number[] }): Params => ({
  matrix: np.array(Float32Array.from(matrix), { shape: [2, 3] }),
  vector: np.array(Float32Array.from(vector)),
});

describe("AdamW", () => {
  it.each(["as it is", "compiled"])("goes where PyTorch's goes, decay and clipping included: %s", (how) => {
    const { rates, gradients, initial, final, ...options } = reference;
    const optimiser = adamW<Params>(jax, options);
    const update = how === "compiled" ? jax.jit(optimiser.update) : optimiser.update;
    let params = tensors(initial);
    let state = optimiser.init(params);
    for (const [i, gradient] of gradients.entries()) {
      [params, state] = update(params, tensors(gradient), state, np.array(rates[i] as number)) as [
        Params,
        typeof state,
      ];
    }
    for (const name of ["matrix", "vector"] as const) {
      for (const [i, x] of [...params[name].dataSync()].entries()) {
        expect(Math.abs(x - (final[name][i] as number))).toBeLessThan(1e-5);
      }
    }
  });

  it.each([
    ["matrices", [0.9, 1]],
    ["all", [0.9, 0.9]],
  ] as const)("without a gradient only what decays shrinks: %s", (decay, [matrix, vector]) => {
    const optimiser = adamW<Params>(jax, { weightDecay: 0.1, clipNorm: 1, decay });
    const params = tensors({ matrix: [1, 1, 1, 1, 1, 1], vector: [1, 1] });
    const still = tensors({ matrix: [0, 0, 0, 0, 0, 0], vector: [0, 0] });
    const [next] = optimiser.update(params, still, optimiser.init(params), np.array(1));
    expect(next.matrix.dataSync()[0]).toBeCloseTo(matrix, 6);
    expect(next.vector.dataSync()[0]).toBeCloseTo(vector, 6);
  });
});
