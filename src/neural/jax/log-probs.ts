import type { Jax, Tensor } from "./forward.ts";
import { partsOf } from "./long-sums.ts";

/**
 * Log-probabilities of given tokens: logits [B,T,V] and targets int32 [B,T] give [B,T], where entry t is the
 * log-probability that the model, having read positions 0..t, gives to `targets[t]`. The token is picked by comparing,
 * not by a one-hot product. Consumes both.
 */
export function tokenLogProbs(jax: Jax, logits: Tensor, targets: Tensor): Tensor {
  const { numpy: np } = jax;
  const [b, t, v] = logits.shape as [number, number, number];
  const isTarget = targets.reshape([b, t, 1]).equal(np.arange(v).astype(np.int32));
  const picked = np.where(isTarget, logits.ref, 0).sum(-1);
  return picked.sub(logSumExp(jax, logits));
}

/** log sum exp over the last axis of [B,T,V]. */
function logSumExp({ numpy: np, nn, lax }: Jax, logits: Tensor): Tensor {
  const [b, t, v] = logits.shape as [number, number, number];
  const parts = partsOf(v);
  if (parts === 1) return nn.logsumexp(logits, -1);
  const top = lax.stopGradient(np.max(logits.ref, -1, { keepdims: true }));
  const terms = np.exp(logits.sub(top.ref)).reshape([b, t, parts, v / parts]);
  return top.reshape([b, t]).add(np.log(terms.sum(-1).sum(-1)));
}
