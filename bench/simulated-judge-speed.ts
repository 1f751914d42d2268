/**
 * Time of the simulated judge's parts on real answers cut to 900 characters (about 150 words), each text judged on the
 * ten principles of k10 in a row, as a run does. Best of five rounds.
 *
 *   node bench/simulated-judge-speed.ts
 */
import pools from "../catalog/pools.json" with { type: "json" };
import { rootKey } from "../src/core/random.ts";
import { createSimEmbedder } from "../src/providers/sim/embedder.ts";
import { extractFeatures } from "../src/providers/sim/features.ts";
import { createSimJudge } from "../src/providers/sim/judge.ts";
import { DEFAULT_STRENGTHS } from "../src/providers/sim/strengths.ts";
import { realAnswers } from "../test/support/real-judges.ts";

const TEXTS = 4000;
const answers = realAnswers();
const texts = Array.from({ length: TEXTS }, (_, i) => `${i} ${answers[i % answers.length]!}`.slice(0, 900));
const embedder = createSimEmbedder();

async function report(what: string, calls: number, task: () => unknown): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    await task();
    best = Math.min(best, performance.now() - start);
  }
  console.log(`${what.padEnd(44)} ${((best / calls) * 1000).toFixed(1)} microseconds`);
}

function judgeAll(max: number, topLogprobs?: number): void {
  const judge = createSimJudge(rootKey("bench"), DEFAULT_STRENGTHS);
  for (const whole of texts) {
    // A string of its own each time, as a prompt that is taken apart gives: its hash is not known yet.
    for (const principle of pools.k10.principles) {
      const text = ` ${whole}`.slice(1);
      judge({ text, principle, max, sample: 0, ...(topLogprobs === undefined ? {} : { topLogprobs }) });
    }
  }
}

await report("features of a text", TEXTS, () => texts.forEach((text) => void extractFeatures(text)));
await report("embedding of a text", TEXTS, () => embedder.embed(texts));
await report("judge call, 1-10, features included", TEXTS * 10, () => judgeAll(10));
await report("judge call, 1-10, with log-probabilities", TEXTS * 10, () => judgeAll(10, 20));
await report("judge call, 1-100", TEXTS * 10, () => judgeAll(100));
