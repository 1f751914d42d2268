import { beforeAll, describe, expect, it } from "vitest";
import { baseWeights, config, jax } from "../../../test/support/neural-reference.ts";
import { fold, rngOf, rootKey } from "../../core/random.ts";
import type { AdapterSpec } from "./adapter.ts";
import type { EpochMeasures } from "./checkpoint.ts";
import { trainInThread } from "./in-thread.ts";
import type { EncodedPair } from "./pairs.ts";
import { rateAt, type TrainedAdapter, type TrainingJob, trainAdapter } from "./train.ts";

const spec: AdapterSpec = {
  embeddingSize: 4,
  projector: "linear",
  softTokens: 1,
  rank: 4,
  alpha: 8,
  targets: ["q", "k", "v", "o"],
};

/** Users on the one side of their first number like tokens 5-7, those on the other 10-12. */
function pairs(count: number, seed: number): EncodedPair[] {
  return Array.from({ length: count }, (_, i) => {
    const rng = rngOf(fold(rootKey(seed), i));
    const side = rng.sign();
    const draw = (from: number, length: number) => Array.from({ length }, () => from + rng.int(3));
    const [low, high] = [draw(5, 3 + rng.int(4)), draw(10, 3 + rng.int(4))];
    return {
      embedded: Float32Array.from([side, rng.normal() / 3, rng.normal() / 3, 0.5]),
      prompt: draw(15, 2 + rng.int(3)),
      chosen: side === 1 ? low : high,
      rejected: side === 1 ? high : low,
    };
  });
}

const job: TrainingJob = {
  config,
  weights: baseWeights(),
  spec,
  options: {
    loss: { kind: "dpo", beta: 1 },
    dropout: 0.05,
    weightDecay: 0,
    clipNorm: 1,
    learningRate: 2e-2,
    warmup: 0.1,
    batchSize: 8,
    epochs: 3,
    patience: 3,
  },
  key: rootKey("training"),
  train: pairs(93, 1),
  validation: pairs(30, 2),
};
/** The same on a third of the pairs, for tests of its course, not of what it teaches. */
const short: TrainingJob = { ...job, train: pairs(29, 1), validation: pairs(10, 2) };

interface Watched {
  readonly result: TrainedAdapter | null;
  readonly checkpoint: Uint8Array | undefined;
  readonly epochs: readonly EpochMeasures[];
}

/** @param steps stops after so many */
async function watch(
  what: TrainingJob,
  resume?: Uint8Array,
  steps = Number.POSITIVE_INFINITY,
): Promise<Watched> {
  const epochs: EpochMeasures[] = [];
  let checkpoint = resume;
  let left = steps;
  const hooks = {
    progress() {},
    epoch: (measures: EpochMeasures) => epochs.push(measures),
    checkpoint: (state: Uint8Array) => {
      checkpoint = state;
    },
    stopped: () => --left <= 0,
  };
  return { result: await trainAdapter(jax, what, hooks, resume), checkpoint, epochs };
}

describe("training an adapter", () => {
  let whole: Watched;
  let shortWhole: Watched;
  beforeAll(async () => {
    whole = await watch(job);
    shortWhole = await watch(short);
  });

  it("teaches soft prompts what their users like", () => {
    const [untrained, ...trained] = whole.epochs;
    expect(untrained?.validationAccuracy).toBeLessThan(0.8);
    expect(trained.at(-1)?.validationAccuracy).toBeGreaterThan(0.95);
    expect(trained.at(-1)?.validationLoss as number).toBeLessThan(
      0.8 * (untrained?.validationLoss as number),
    );
    expect(trained).toHaveLength(job.options.epochs);
  });

  it("gives the adapter of the best epoch", () => {
    const losses = whole.epochs.map((e) => e.validationLoss as number);
    expect(losses[whole.result?.bestEpoch as number]).toBe(Math.min(...losses.slice(1)));
  });

  it.each([5])("interrupted every %i steps, it comes to the very same adapter", async (steps) => {
    let part = await watch(short, undefined, steps);
    const epochs = [...part.epochs];
    for (let i = 0; part.result === null && i < 30; i++) {
      part = await watch(short, part.checkpoint, steps);
      epochs.push(...part.epochs);
    }
    expect(part.result?.adapter).toEqual(shortWhole.result?.adapter);
    expect(epochs).toEqual(shortWhole.epochs);
  });

  it("begun again from its end, it does nothing more", async () => {
    const again = await watch(short, shortWhole.checkpoint);
    expect(again.result).toEqual(shortWhole.result);
    expect(again.epochs).toEqual([]);
  });

  it("in a thread of its own, stopped and continued, it comes to the very same adapter", async () => {
    const stop = new AbortController();
    let checkpoint: Uint8Array | undefined;
    const options = {
      threads: 0,
      progress() {},
      epoch: ({ epoch }: EpochMeasures) => {
        if (epoch === 1) stop.abort(new Error("stopped on request"));
      },
      checkpoint: (state: Uint8Array) => {
        checkpoint = state;
      },
    };
    await expect(trainInThread(short, { ...options, stop: stop.signal })).rejects.toThrow(
      "stopped on request",
    );
    const rest = await trainInThread(short, {
      ...options,
      epoch() {},
      stop: new AbortController().signal,
      resume: checkpoint,
    });
    expect(rest).toEqual(shortWhole.result);
  });

  it("ends early when the validation pairs say the opposite of the training pairs", async () => {
    const opposite = job.validation.map(({ chosen, rejected, ...rest }) => ({
      ...rest,
      chosen: rejected,
      rejected: chosen,
    }));
    const { result } = await watch({
      ...short,
      validation: opposite,
      options: { ...job.options, patience: 1 },
    });
    expect(result?.bestEpoch).toBe(1);
    expect(result?.epochs).toHaveLength(3);
  });

  it("keeps the last epoch where that is wanted, however the validation pairs fare", async () => {
    const opposite = short.validation.map(({ chosen, rejected, ...rest }) => ({
      ...rest,
      chosen: rejected,
      rejected: chosen,
    }));
    const options = { ...job.options, patience: 1, keep: "last", schedule: "constant", warmup: 0 } as const;
    const { result } = await watch({ ...short, validation: opposite, options });
    expect(result?.bestEpoch).toBe(options.epochs);
    expect(result?.epochs).toHaveLength(options.epochs + 1);
  });

  it("SimPO learns as well, without a reference", async () => {
    const { result } = await watch({
      ...job,
      options: { ...job.options, loss: { kind: "simpo", beta: 2, gamma: 1 } },
    });
    expect(result?.epochs.at(-1)?.validationAccuracy).toBeGreaterThan(0.9);
  });

  it("the learning rate rises, peaks and falls to nothing", () => {
    const rates = Array.from({ length: 10 }, (_, step) => rateAt(step, 10, 0.2));
    expect(rates[0]).toBeCloseTo(1 / 3);
    expect(Math.max(...rates)).toBe(1);
    expect(rates.indexOf(1)).toBe(2);
    expect(rates.at(-1)).toBeCloseTo(1 / 8);
    expect(rateAt(0, 1, 0)).toBe(1);
    expect([0, 5, 9].map((step) => rateAt(step, 10, 0, "constant"))).toEqual([1, 1, 1]);
    expect(rateAt(0, 10, 0.2, "constant")).toBeCloseTo(1 / 3);
  });
});
