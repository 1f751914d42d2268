import { fingerprint } from "../../core/hash.ts";
import type { ChatMessage } from "../../core/ports/language-model.ts";

/** Servers keep seeds as 32-bit integers, some with a sign, and some take the largest for "any". */
const SEEDS = 2 ** 31 - 1;

/**
 * The seed that a server is sent with one request, 0..2^31 - 2. It begins the same random numbers wherever it is sent, so one and
 * the same for all requests would make the chance in all answers alike: a judge that draws a high number for one text draws it for every
 * text. So each conversation has a seed of its own, from the model's seed, and draw n of it the n-th after it.
 * @param seed the model's own
 * @param sample number of the draw, from 0
 */
export function requestSeed(seed: number, messages: readonly ChatMessage[], sample: number): number {
  const first = Number.parseInt(fingerprint(`${seed} ${JSON.stringify(messages)}`, 12), 16);
  return (first + sample) % SEEDS;
}
