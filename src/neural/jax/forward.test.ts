import { describe, expect, it } from "vitest";
import { jax } from "../../../test/support/neural-reference.ts";
import { noise, randomWeights } from "../../../test/support/random-checkpoint.ts";
import { parseLlamaConfig } from "../checkpoint/llama-config.ts";
import reference from "../decoder/decoder.reference.json" with { type: "json" };
import { llama, type Tensor } from "./forward.ts";
import { tokenLogProbs } from "./log-probs.ts";
import { paramsFromWeights } from "./params.ts";

const { numpy: np, tree } = jax;
const { tokens, prompt } = reference;

// 90 tokens: attention takes them in two stretches. Expected values by PyTorch in double precision:
// test/reference/neural-llama.py.
describe.each(reference.cases)("attention in stretches: $name", (expected) => {
  const config = parseLlamaConfig(expected.config, "reference");
  const hasOutputBias = (expected.config.biases as string[]).includes("self_attn.o_proj");
  const net = llama(jax, config);
  const params = paramsFromWeights(jax, randomWeights(config, hasOutputBias), config);
  const ids = np.array(Int32Array.from(tokens), { shape: [1, tokens.length] });
  const span = { from: prompt - 1, width: tokens.length - prompt };
  /** [width] log-probabilities of the tokens after the prompt. */
  const logProbs = (rows: Tensor): Tensor => {
    const starts = np.array(Int32Array.of(span.from));
    const logits = net.forward(tree.ref(params), rows, undefined, { starts, width: span.width });
    const targets = np.array(Int32Array.from(tokens.slice(prompt)), { shape: [1, span.width] });
    return tokenLogProbs(jax, logits, targets).reshape([span.width]);
  };
  const rows = net.embed(params.embed.ref, ids);

  it("gives PyTorch's log-probabilities of a given text", () => {
    const found = logProbs(rows.ref).dataSync();
    const scale = Math.max(...expected.tokenLogprobs.map(Math.abs));
    for (const [i, logProb] of expected.tokenLogprobs.entries()) {
      expect(Math.abs((found[i] as number) - logProb) / scale).toBeLessThan(1e-5);
    }
  });

  it("has the gradient that finite differences see", () => {
    const total = (x: Tensor): Tensor => logProbs(x).sum();
    const gradient = jax.grad(total)(rows.ref) as Tensor;
    const { data } = noise("direction", rows.shape, 1);
    const direction = np.array(Float32Array.from(data), { shape: [...rows.shape] });
    const along = (step: number): number => total(rows.ref.add(direction.ref.mul(step))).item() as number;
    const slope = gradient.mul(direction.ref).sum().item() as number;
    // Fourth-order differences: the step can be large enough for single precision.
    const seen = (8 * (along(0.01) - along(-0.01)) - (along(0.02) - along(-0.02))) / 0.12;
    expect(Math.abs(seen - slope) / Math.abs(slope)).toBeLessThan(0.01);
  });
});
