import type { Jax, Llama, LlamaParams, Lora, LoraUse, Tensor } from "./forward.ts";
import { tokenLogProbs } from "./log-probs.ts";
import { type ProjectorParams, softPrompts } from "./projector.ts";

/** All that is trained. */
export type AdapterParams = { projector: ProjectorParams; lora: Lora };

/**
 * Pairs of answers to the same prompts. Of 2B sequences the first B end in the better answer, the last B in the worse;
 * n soft-prompt vectors stand before the tokens. A is the width of the longest answer.
 */
export type PreferenceBatch = {
  /** Embedded histories [B, E]. */
  embedded: Tensor;
  /** int32 [2B, T - n], padded on the right. */
  ids: Tensor;
  /** int32 [2B]: the position, soft prompt counted, whose next token is the answer's first. */
  starts: Tensor;
  /** int32 [2B, A]: the answers' tokens, padded on the right. */
  targets: Tensor;
  /** [2B, A]: 1 where a target is no padding. */
  mask: Tensor;
  /** Summed log-probabilities [2B] of the answers under the bare base; unused by SimPO. */
  reference: Tensor;
  /** [B]: 1, or 0 for a pair that only fills the batch. */
  weights: Tensor;
};

export type PreferenceLoss =
  | { readonly kind: "dpo"; readonly beta: number }
  | { readonly kind: "simpo"; readonly beta: number; readonly gamma: number };

/** Sums over the pairs of a batch, weighted: scalars. */
export type PreferenceSums = { loss: Tensor; correct: Tensor };

/** Summed log-probabilities [N] of the masked targets. Consumes all. */
export function answerLogProbs(jax: Jax, logits: Tensor, targets: Tensor, mask: Tensor): Tensor {
  return tokenLogProbs(jax, logits, targets).mul(mask).sum(-1);
}

/**
 * By how much each pair's better answer is preferred, [B]; the loss is -log sigmoid(margin - offset).
 * - DPO (Rafailov et al. 2023, eq. 7): beta ((log p_w - log p_l) - (log ref_w - log ref_l)), summed log-probabilities
 * - SimPO (Meng et al. 2024, eq. 6): beta (log p_w / |w| - log p_l / |l|) - gamma
 *
 * Takes log-probabilities and lengths of the answers, [2B] each; consumes all.
 */
function margins(
  loss: PreferenceLoss,
  policy: Tensor,
  reference: Tensor,
  lengths: Tensor,
): { margin: Tensor; offset: number } {
  if (loss.kind === "dpo") {
    lengths.dispose();
    return { margin: difference(policy.sub(reference)).mul(loss.beta), offset: 0 };
  }
  reference.dispose();
  return { margin: difference(policy.div(lengths)).mul(loss.beta), offset: loss.gamma };
}

/** First half minus second half of [2B]. */
function difference(x: Tensor): Tensor {
  const b = (x.shape[0] as number) / 2;
  return x.ref.slice([0, b]).sub(x.slice([b, 2 * b]));
}

/**
 * Loss and number of rightly ordered pairs of a batch under base, adapter and soft prompts. A pair counts as right
 * when its margin (before SimPO's gamma) is above 0. Consumes all.
 */
export function preferenceSums(
  jax: Jax,
  net: Llama,
  loss: PreferenceLoss,
  adapter: AdapterParams,
  base: LlamaParams,
  batch: PreferenceBatch,
  use: Omit<LoraUse, "pairs">,
): PreferenceSums {
  const { numpy: np } = jax;
  const soft = softPrompts(jax, adapter.projector, batch.embedded, net.config.hiddenSize);
  const rows = np.concatenate([np.concatenate([soft.ref, soft], 0), net.embed(base.embed.ref, batch.ids)], 1);
  const span = { starts: batch.starts, width: batch.targets.shape[1] as number };
  const logits = net.forward(base, rows, { pairs: adapter.lora, ...use }, span);
  const lengths = batch.mask.ref.sum(-1);
  const policy = answerLogProbs(jax, logits, batch.targets, batch.mask);
  const { margin, offset } = margins(loss, policy, batch.reference, lengths);
  const correct = np.where(margin.ref.greater(0), batch.weights.ref, 0).sum();
  return { loss: softplus(jax, np.array(offset).sub(margin)).mul(batch.weights).sum(), correct };
}

/** log(1 + exp(x)) = -log sigmoid(-x), without overflow and with its true gradient everywhere, 0 included. */
function softplus({ numpy: np, lax }: Jax, x: Tensor): Tensor {
  const top = lax.stopGradient(np.maximum(x.ref, 0));
  return top.ref.add(np.log(np.exp(top.ref.neg()).add(np.exp(x.sub(top)))));
}
