import { rootKey } from "../../core/random.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import { expectedTensors, placeTensors, type Weights } from "../checkpoint/weights.ts";
import type { PlacedModel } from "./placed.ts";
import { type DecoderPool, openDecoderPool } from "./pool.ts";
import { GREEDY } from "./sample.ts";

/** Tokens a second, all threads and all answers under way together. */
export interface Speed {
  readonly read: number;
  readonly written: number;
}

/** Weights of a network's shape: how fast it is does not depend on its numbers. */
export function madeUpWeights(config: LlamaConfig): Weights {
  const weights = placeTensors(expectedTensors(config));
  for (const [name, { shape, data }] of weights) {
    const scale = 1 / Math.sqrt(shape.at(-1) as number);
    const some = Math.min(data.length, 1 << 16);
    for (let i = 0; i < some; i++) data[i] = name.includes("norm") ? 1 : scale * Math.sin(i * i * 0.37 + i);
    for (let at = some; at < data.length; at += some)
      data.copyWithin(at, 0, Math.min(some, data.length - at));
  }
  return weights;
}

/** Tokens of the prompts that are read, and of the answers that are written, to measure; the latter to short prompts. */
const PROMPT = 64;
const SHORT_PROMPT = 4;
const ANSWER = 8;

/**
 * How fast a network is on this machine, measured for some seconds.
 * @param threads as for a pool
 * @param together answers under way
 */
export async function measureSpeed(model: PlacedModel, threads: number, together: number): Promise<Speed> {
  const { config } = model;
  const pool = openDecoderPool(model, { threads });
  try {
    const lanes = Math.max(1, threads);
    // Threads begin, code is compiled.
    await timed(pool, config, lanes, 8, 1);
    const reading = await timed(pool, config, lanes, PROMPT, 1);
    const first = await timed(pool, config, together, SHORT_PROMPT, 1);
    const writing = await timed(pool, config, together, SHORT_PROMPT, 1 + ANSWER);
    return {
      read: (lanes * PROMPT) / reading,
      written: (together * ANSWER) / writingTime(first, writing),
    };
  } finally {
    await pool.close();
  }
}

/**
 * Seconds of the tokens after the first one. Other work may have slowed the answers of one token more than the whole ones;
 * but no token is written faster than one of a prompt is read, so that most of a whole answer's time is theirs.
 * @param first seconds to answers of one token
 * @param whole seconds to answers of `ANSWER` more
 */
export function writingTime(first: number, whole: number): number {
  return Math.max(whole - first, (whole * ANSWER) / (SHORT_PROMPT + 1 + ANSWER));
}

let round = 0;

/** Seconds that so many answers to prompts of their own take together. */
export async function timed(
  pool: DecoderPool,
  { vocabSize }: LlamaConfig,
  answers: number,
  promptTokens: number,
  maxTokens: number,
): Promise<number> {
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: answers }, () => {
      // No two prompts begin alike: nothing is read from a cache.
      const start = 7919 * ++round;
      const prompt = Array.from({ length: promptTokens }, (_, i) => (start + i * 31) % vocabSize);
      return pool.run({
        kind: "generate",
        prompt: [prompt],
        maxTokens,
        stopIds: [],
        sampling: GREEDY,
        key: rootKey(1),
      });
    }),
  );
  return (performance.now() - begun) / 1000;
}
