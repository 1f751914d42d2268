import type { Rng } from "../../core/random.ts";

export interface Sampling {
  /** 0 takes the most probable token. */
  readonly temperature: number;
  /** Tokens to choose among at most; 0: all. */
  readonly topK: number;
  /** The most probable tokens that together reach this probability, in (0, 1]. */
  readonly topP: number;
  /** Tokens of at least this share of the greatest probability, in [0, 1]. */
  readonly minP: number;
}

export const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0 };

/**
 * Draws a token: temperature, then top-k, top-p (Holtzman et al. 2020) and min-p (Nguyen et al. 2024), then one uniform
 * number. Equal logits go by the lower id.
 */
export function sampleToken(logits: Float32Array, sampling: Sampling, rng: Rng): number {
  const { temperature, topK, topP, minP } = sampling;
  const best = greatest(logits);
  if (temperature === 0) return best;
  const max = logits[best]!;
  let total = 0;
  const weights = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) total += weights[i] = Math.exp((logits[i]! - max) / temperature);
  // All tokens below this together miss 1 - topP of the probability, so none of them is wanted.
  const least = topP < 1 ? ((1 - topP) / logits.length) * total : 0;
  let chosen: number[] = [];
  for (let i = 0; i < weights.length; i++) if (weights[i]! >= least) chosen.push(i);
  if (topP < 1 || (topK > 0 && topK < weights.length)) {
    chosen.sort((a, b) => weights[b]! - weights[a]! || a - b);
    if (topK > 0 && topK < weights.length) {
      chosen = chosen.slice(0, topK);
      // Top-p is of what top-k leaves: with few above the least, of some below it, too.
      total = sumOf(weights, chosen) + sumOfGreatest(weights, topK - chosen.length, least);
    }
    let reached = 0;
    const enough = chosen.findIndex((i) => (reached += weights[i]!) >= topP * total);
    if (enough >= 0) chosen = chosen.slice(0, enough + 1);
  }
  // The greatest weight is 1.
  if (minP > 0) chosen = chosen.filter((i) => weights[i]! >= minP);
  let rest = rng.uniform() * sumOf(weights, chosen);
  for (const i of chosen) if ((rest -= weights[i]!) < 0) return i;
  return chosen.at(-1) ?? best;
}

/** log of the sum of exponentials: a logit less this is the token's log-probability. */
export function logSumExp(logits: Float32Array): number {
  const max = logits[greatest(logits)]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - max);
  return max + Math.log(sum);
}

export interface TokenChoice {
  readonly id: number;
  /** Natural logarithm, before temperature and cuts. */
  readonly logprob: number;
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

/** A token's log-probability and the `count` most probable ones, best first. */
export function describeChoice(logits: Float32Array, id: number, count: number): TokenChoice {
  const norm = logSumExp(logits);
  const top: number[] = [];
  for (let i = 0; i < logits.length && count > 0; i++) {
    if (top.length === count && logits[i]! <= logits[top[count - 1]!]!) continue;
    let at = top.length;
    while (at > 0 && logits[top[at - 1]!]! < logits[i]!) at--;
    top.splice(at, 0, i);
    if (top.length > count) top.pop();
  }
  return {
    id,
    logprob: logits[id]! - norm,
    top: top.map((i) => ({ id: i, logprob: logits[i]! - norm })),
  };
}

function greatest(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

function sumOf(weights: Float64Array, ids: readonly number[]): number {
  return ids.reduce((sum, i) => sum + weights[i]!, 0);
}

/** Sum of the `count` greatest weights below `least`. */
function sumOfGreatest(weights: Float64Array, count: number, least: number): number {
  if (count === 0) return 0;
  const below = weights.filter((weight) => weight < least).sort();
  return below.subarray(-count).reduce((sum, weight) => sum + weight, 0);
}
