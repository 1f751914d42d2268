import { rootKey } from "../../src/core/random.ts";
import { dropoutSeeds } from "../../src/neural/jax/dropout.ts";
import { paramsFromWeights } from "../../src/neural/jax/params.ts";
import { loadJax } from "../../src/neural/jax/threads.ts";
import { type AdapterSpec, adapterTree, flatOfTree } from "../../src/neural/training/adapter.ts";
import {
  batchShapes,
  type EncodedPair,
  paddedBatches,
  plainBatches,
} from "../../src/neural/training/pairs.ts";
import {
  noReference,
  type ReferenceLogProbs,
  referenceLogProbs,
} from "../../src/neural/training/reference.ts";
import { type StepOptions, trainingSteps } from "../../src/neural/training/steps.ts";
import { rateAt } from "../../src/neural/training/train.ts";
import type { TunableModel } from "../../src/neural/tunable.ts";

/** AdamW's first running mean is this share of the first gradient. */
export const FIRST_SHARE = 0.1;

export interface PlannedTraining {
  readonly spec: AdapterSpec;
  readonly options: StepOptions;
  readonly learningRate: number;
  readonly warmup: number;
  readonly initial: Float32Array<ArrayBuffer>;
  readonly train: readonly EncodedPair[];
  readonly validation: readonly EncodedPair[];
  /** Rows of `train`, a batch a step. */
  readonly batches: readonly (readonly number[])[];
}

export interface Trained {
  /** Mean over a step's pairs, before it. */
  readonly losses: readonly number[];
  /** The first step's gradient, clipped, in the order of the flat adapter. */
  readonly firstGradient: Float32Array;
  /** Of the validation pairs: untrained, then trained. */
  readonly margins: readonly [before: readonly number[], after: readonly number[]];
  readonly seconds: number;
}

/** A training by the in-process trainer's own steps, in an order that is given; one sequence length. */
export async function trainInProcess(
  { config, weights, threads }: Pick<TunableModel, "config" | "weights" | "threads">,
  { spec, options, learningRate, warmup, initial, train, validation, batches }: PlannedTraining,
): Promise<Trained> {
  const jax = await loadJax(threads);
  const { softTokens } = spec;
  const steps = trainingSteps(jax, config, paramsFromWeights(jax, weights(), config), spec, options);
  const shapes = batchShapes([...train, ...validation], softTokens, 1);
  const size = Math.max(...batches.map((rows) => rows.length));
  const padded = (pairs: readonly EncodedPair[], rows: readonly number[]) =>
    plainBatches(
      rows.map((row) => pairs[row] as EncodedPair),
      shapes,
      softTokens,
      size,
    ).flatMap((part) =>
      paddedBatches(
        part.map((i) => rows[i] as number),
        pairs,
        shapes,
        softTokens,
        size,
        config,
      ),
    );
  const everyRow = (pairs: readonly EncodedPair[]) => padded(pairs, [...pairs.keys()]);
  const referenceOf = async (pairs: readonly EncodedPair[]): Promise<ReferenceLogProbs> =>
    options.loss.kind === "dpo" ? referenceLogProbs(steps, everyRow(pairs)) : noReference;
  const [trainReference, validationReference] = [await referenceOf(train), await referenceOf(validation)];

  let learner = steps.start(adapterTree(jax, initial, spec, config));
  const offset = options.loss.kind === "simpo" ? options.loss.gamma : 0;
  const margins = async (): Promise<number[]> => {
    const found: number[] = [];
    for (const row of validation.keys()) {
      // A pair by itself: its loss, -log sigmoid(margin - offset), tells its margin.
      for (const batch of paddedBatches([row], validation, shapes, softTokens, size, config)) {
        const { loss } = await steps.measure(learner, batch, validationReference(batch));
        found.push(offset - Math.log(Math.expm1(loss)));
      }
    }
    return found;
  };

  const before = await margins();
  const begin = performance.now();
  const losses: number[] = [];
  let firstGradient = new Float32Array();
  for (const [at, rows] of batches.entries()) {
    const parts = padded(train, rows).map((batch) => ({
      batch,
      reference: trainReference(batch),
      // Without dropout they say nothing.
      seeds: dropoutSeeds(rootKey("unused"), config.layers),
    }));
    const rate = learningRate * rateAt(at, batches.length, warmup);
    const { learner: next, sums } = await steps.learn(learner, parts, rate);
    learner = next;
    losses.push(sums.loss / rows.length);
    if (at === 0) {
      const mean = await flatOfTree(jax.tree.ref(learner.moments.first), spec, config);
      firstGradient = mean.map((x) => x / FIRST_SHARE);
    }
  }
  const seconds = (performance.now() - begin) / 1000;
  return { losses, firstGradient, margins: [before, await margins()], seconds };
}
