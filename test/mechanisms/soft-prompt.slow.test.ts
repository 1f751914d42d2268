import { describe, expect, it } from "vitest";
import { peopleOf } from "../../scripts/tiny/people.ts";
import { TEACHER } from "../../scripts/tiny/recipe.ts";
import { poolNamed } from "../../src/catalog/pools.ts";
import { styleLabels } from "../../src/core/artifacts.ts";
import { plainMessages, styledMessages } from "../../src/core/prompt/prompts.ts";
import { fold, rngOf, rootKey } from "../../src/core/random.ts";
import { loadConfig, loadWeights } from "../../src/neural/checkpoint/weights.ts";
import { loadTokenizer } from "../../src/neural/tokenizer.ts";
import type { EpochMeasures } from "../../src/neural/training/checkpoint.ts";
import { trainInThread } from "../../src/neural/training/in-thread.ts";
import type { EncodedPair } from "../../src/neural/training/pairs.ts";
import { unitLength } from "../../src/neural/training/soft-rows.ts";
import type { TrainingJob } from "../../src/neural/training/train.ts";
import { createSimModel } from "../../src/providers/sim/model.ts";

const FOLDER = "models/tiny";
const config = loadConfig(FOLDER);
const tokenizer = loadTokenizer(FOLDER);
const key = rootKey("soft-prompt.test");
const LABELS = styleLabels(poolNamed("k2").principles);

/**
 * Users of four tastes (a principle of pool k2, wanted or unwanted) whose histories tell them apart, with some noise; the
 * simulated responder wrote what they like and dislike.
 */
async function pairs(count: number, name: string): Promise<EncodedPair[]> {
  const teacher = createSimModel({ options: TEACHER });
  const people = peopleOf("test", createSimModel(), fold(key, name), 1);
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const rng = rngOf(fold(fold(key, name), i));
      const taste = rng.int(LABELS.length);
      const label = LABELS[taste]!;
      const opposite = LABELS.find(
        (l) => l.principle === label.principle && l.direction !== label.direction,
      )!;
      const [prompt] = await people.prompts(fold(fold(key, name), i), 1);
      const answer = async (wanted: typeof label): Promise<number[]> => {
        const { text } = await teacher.generate({ messages: styledMessages(wanted, prompt!), sample: 0 });
        return [...tokenizer.encode(text.trim()).slice(0, 100), ...config.eosTokenIds.slice(0, 1)];
      };
      const embedded = Float32Array.from(
        { length: 8 },
        (_value, d) => (d === taste ? 1 : 0) + 0.2 * rng.normal(),
      );
      return {
        embedded: unitLength(embedded),
        prompt: tokenizer.chat(plainMessages(prompt!)).slice(-80),
        chosen: await answer(label),
        rejected: await answer(opposite),
      };
    }),
  );
}

describe("a soft prompt on the tiny checkpoint", () => {
  it("learns from best and worst answers whom to obey in what", async () => {
    const job: TrainingJob = {
      config,
      weights: loadWeights(FOLDER, config),
      spec: { embeddingSize: 8, projector: "linear", softTokens: 1, rank: 1, alpha: 2, targets: ["q"] },
      options: {
        loss: { kind: "dpo", beta: 0.1 },
        dropout: 0,
        weightDecay: 0,
        clipNorm: 1,
        learningRate: 0.02,
        warmup: 0.1,
        batchSize: 8,
        epochs: 1,
        patience: 1,
      },
      key,
      train: await pairs(200, "train"),
      validation: await pairs(80, "validation"),
    };
    const epochs: EpochMeasures[] = [];
    await trainInThread(job, {
      threads: 2,
      stop: new AbortController().signal,
      resume: undefined,
      progress() {},
      epoch: (measures) => epochs.push(measures),
      checkpoint() {},
    });
    const [untrained, trained] = epochs.map(({ validationAccuracy }) => validationAccuracy as number);
    // Of 80 pairs, chance orders 0.61 rightly once in forty times. Seen here: 0.51, then 0.84.
    expect(untrained).toBeLessThan(0.65);
    expect(trained).toBeGreaterThan(0.7);
  });
});
