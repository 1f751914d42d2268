import { describe, expect, it } from "vitest";
import {
  adapter,
  base,
  batch,
  config,
  embedded,
  ids,
  jax,
  LOSSES,
  net,
  PAIRS,
  SCALING,
  SOFT,
  SPANS,
  spansOf,
} from "../../../test/support/neural-reference.ts";
import { PROJECTIONS, type Tensor } from "./forward.ts";
import { tokenLogProbs } from "./log-probs.ts";
import reference from "./neural-dpo.reference.json" with { type: "json" };
import { type AdapterParams, answerLogProbs, type PreferenceBatch, preferenceSums } from "./preference.ts";
import { softPrompts } from "./projector.ts";

const { numpy: np, tree } = jax;

/** Largest difference, relative to the largest expected value. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((e, i) => Math.abs((actual[i] as number) - e))) / size;
}
const TOLERANCE = 1e-5;

describe("the network and its preference losses, against PyTorch in double precision", () => {
  it("logits and log-probabilities of the bare base", () => {
    const rows = net.embed(base.embed.ref, ids());
    const logits = net.forward(tree.ref(base), rows.ref);
    expect(relativeError(logits.slice(0).dataSync(), reference.referenceLogits)).toBeLessThan(TOLERANCE);
    const { starts, targets, mask } = spansOf(0);
    const span = { starts, width: targets.shape[1] as number };
    const spanned = net.forward(tree.ref(base), rows, undefined, span);
    const sums = answerLogProbs(jax, spanned.ref, targets.ref, mask);
    expect(relativeError(sums.dataSync(), reference.referenceLogProbs)).toBeLessThan(TOLERANCE);
    const each = tokenLogProbs(jax, spanned, targets);
    const sum = each.slice(0, [0, 6]).sum().item();
    expect(sum).toBeCloseTo(reference.referenceLogProbs[0] as number, 4);
  });

  for (const [name, expected] of Object.entries(reference.cases)) {
    const [projector, loss] = name.split("/") as ["linear" | "mlp", "dpo" | "simpo"];

    it.each(["as it is", "compiled"])(`${name}: loss and all gradients, %s`, (how) => {
      const lossOf = (a: AdapterParams, b: typeof base, data: PreferenceBatch): Tensor => {
        const { loss: sum, correct } = preferenceSums(jax, net, LOSSES[loss], a, b, data, {
          scaling: SCALING,
        });
        correct.dispose();
        return sum;
      };
      const both = jax.valueAndGrad(lossOf);
      const [value, gradient] = (how === "compiled" ? jax.jit(both) : both)(
        adapter(projector),
        tree.ref(base),
        batch(),
      ) as [Tensor, AdapterParams];
      expect(relativeError([value.item()], [expected.loss])).toBeLessThan(TOLERANCE);
      const found = new Map<string, ArrayLike<number>>();
      for (const layer of ["first", "second"] as const) {
        const part = gradient.projector[layer];
        if (part === undefined) continue;
        found.set(`projector.${layer}.weight`, part.weight.dataSync());
        found.set(`projector.${layer}.bias`, part.bias.dataSync());
      }
      for (const [i, pairs] of gradient.lora.entries()) {
        for (const p of PROJECTIONS) {
          found.set(`${i}.${p}.a`, pairs[p]?.a.dataSync() ?? []);
          found.set(`${i}.${p}.b`, pairs[p]?.b.dataSync() ?? []);
        }
      }
      for (const [key, values] of Object.entries(expected.gradients)) {
        expect(relativeError(found.get(key) ?? [], values), key).toBeLessThan(TOLERANCE);
      }
    });

    it(`${name}: gradient of the soft prompt, logits and log-probabilities behind it`, () => {
      const a = adapter(projector);
      const rows = net.embed(base.embed.ref, ids());
      const { starts, targets, mask } = spansOf(SOFT);
      const width = targets.shape[1] as number;
      const policy = (soft: Tensor): [Tensor, Tensor] => {
        const all = np.concatenate([np.concatenate([soft.ref, soft], 0), rows.ref], 1);
        const lora = () => ({ pairs: tree.ref(a.lora), scaling: SCALING });
        const logits = net.forward(tree.ref(base), all.ref, lora());
        const answers = net.forward(tree.ref(base), all, lora(), { starts: starts.ref, width });
        return [logits.slice(0), answerLogProbs(jax, answers, targets.ref, mask.ref)];
      };
      const soft = softPrompts(jax, tree.ref(a.projector), embedded(), config.hiddenSize);
      const [logits, sums] = policy(soft.ref);
      if (expected.logits !== null) {
        expect(relativeError(logits.dataSync(), expected.logits)).toBeLessThan(TOLERANCE);
      }
      const logProbs = sums.dataSync();
      expect(relativeError(logProbs, expected.logProbs)).toBeLessThan(TOLERANCE);
      // Each answer's weight in the loss, by hand: d loss / d log-probability.
      const lengths = SPANS.map(([begin, end]) => end - begin);
      const weights = Float32Array.from(lengths, (_, n) => {
        const i = n % PAIRS;
        const score = (m: number): number =>
          loss === "dpo"
            ? 0.1 * ((logProbs[m] as number) - (reference.referenceLogProbs[m] as number))
            : (2 * (logProbs[m] as number)) / (lengths[m] as number);
        const margin = score(i) - score(i + PAIRS) - (loss === "simpo" ? 1 : 0);
        const rate = loss === "dpo" ? 0.1 : 2 / (lengths[n] as number);
        return ((n < PAIRS ? -1 : 1) * rate) / (1 + Math.exp(margin));
      });
      const gradient = jax.grad((s: Tensor) => {
        const [unused, each] = policy(s);
        unused.dispose();
        return each.mul(np.array(weights)).sum();
      })(soft) as Tensor;
      expect(relativeError(gradient.dataSync(), expected.softGradient)).toBeLessThan(TOLERANCE);
    });
  }
});
