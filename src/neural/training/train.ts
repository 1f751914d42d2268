import { fold, type Key } from "../../core/random.ts";
import type { LlamaConfig } from "../checkpoint/llama-config.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { dropoutSeeds } from "../jax/dropout.ts";
import type { Jax } from "../jax/forward.ts";
import { paramsFromWeights } from "../jax/params.ts";
import { type AdapterSpec, adapterTree, flatOfTree, initialAdapter } from "./adapter.ts";
import { decodeState, type EpochMeasures, encodeState, type TrainingState } from "./checkpoint.ts";
import {
  batchShapes,
  type EncodedPair,
  epochBatches,
  type PaddedBatch,
  paddedBatches,
  plainBatches,
} from "./pairs.ts";
import { stopwatch } from "./progress.ts";
import { noReference, type ReferenceLogProbs, referenceLogProbs } from "./reference.ts";
import { type StepOptions, trainingSteps } from "./steps.ts";

export interface TrainingOptions extends StepOptions {
  readonly learningRate: number;
  /** Share of all steps over which the rate rises from 0. */
  readonly warmup: number;
  /** What it does then: unless given, it falls to 0 in a line. */
  readonly schedule?: "linear" | "constant";
  /** The adapter of which epoch is the result; unless given, of the best by validation loss. */
  readonly keep?: "best" | "last";
  /** Pairs a step. */
  readonly batchSize: number;
  readonly epochs: number;
  /** Epochs without a better validation loss after which training ends, where the best is kept. */
  readonly patience: number;
}

export interface TrainingJob {
  readonly config: LlamaConfig;
  readonly weights: Weights;
  readonly spec: AdapterSpec;
  readonly options: TrainingOptions;
  /** Of the initial adapter, the order of pairs and the dropout. */
  readonly key: Key;
  readonly train: readonly EncodedPair[];
  readonly validation: readonly EncodedPair[];
}

export interface TrainingProgress {
  readonly epoch: number;
  /** Steps done and planned, over all epochs. */
  readonly step: number;
  readonly steps: number;
  /** Means over this epoch's pairs so far. */
  readonly loss: number;
  readonly accuracy: number;
  /** Tokens without padding, since this process began. */
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

export interface TrainingHooks {
  progress(progress: TrainingProgress): void;
  epoch(measures: EpochMeasures): void;
  /** Takes a state from which `trainAdapter` continues to the same result. */
  checkpoint(state: Uint8Array): void;
  /** Asked after every step; when true, a checkpoint is made and training returns. */
  stopped(): boolean;
}

export interface TrainedAdapter {
  /** The flat adapter of the epoch that is kept: the best by validation loss, or the last. */
  readonly adapter: Float32Array<ArrayBuffer>;
  readonly epochs: readonly EpochMeasures[];
  readonly bestEpoch: number;
}

const SECONDS_A_CHECKPOINT = 20;
const SECONDS_A_PROGRESS = 10;
const NOTHING = { loss: 0, correct: 0, pairs: 0 };

/**
 * Trains an adapter on pairs, in this thread. The result depends on the job alone: not on checkpoints, interruptions,
 * threads or speed.
 * @param resume the last checkpoint of the same job
 * @returns `null` when it was stopped
 */
export async function trainAdapter(
  jax: Jax,
  job: TrainingJob,
  hooks: TrainingHooks,
  resume?: Uint8Array,
): Promise<TrainedAdapter | null> {
  const { config, spec, options, key } = job;
  const trainer = await openTrainer(jax, job);
  const { stepsAnEpoch, steps } = trainer;
  let state = resume === undefined ? await trainer.begin() : decodeState(jax, resume, spec, config);
  if (resume === undefined) hooks.epoch(state.position.epochs[0] as EpochMeasures);
  const stepsDone = (): number => (state.position.epoch - 1) * stepsAnEpoch + state.position.batch;
  const planned = stepsAnEpoch * options.epochs;
  const clock = stopwatch(planned - stepsDone());
  const save = async (): Promise<void> => hooks.checkpoint(await encodeState(jax, state, spec, config));

  while (!isFinished(state, options)) {
    const { epoch } = state.position;
    for (const rows of trainer.epoch(epoch).slice(state.position.batch)) {
      const at = stepsDone();
      const batches = trainer.padded(job.train, rows);
      const stepKey = fold(fold(key, "dropout"), at);
      const { learner, sums } = await steps.learn(
        state.learner,
        batches.map((batch, i) => ({
          batch,
          reference: trainer.trainReference(batch),
          seeds: dropoutSeeds(fold(stepKey, i), config.layers),
        })),
        options.learningRate * rateAt(at, planned, options.warmup, options.schedule),
      );
      const { position } = state;
      const totals = {
        loss: position.totals.loss + sums.loss,
        correct: position.totals.correct + sums.correct,
        pairs: position.totals.pairs + rows.length,
      };
      state = { ...state, learner, position: { ...position, batch: position.batch + 1, totals } };
      clock.step(batches.reduce((sum, { tokens }) => sum + tokens, 0));
      if (clock.due("progress", SECONDS_A_PROGRESS)) {
        const means = { loss: totals.loss / totals.pairs, accuracy: totals.correct / totals.pairs };
        hooks.progress({ epoch, step: at + 1, steps: planned, ...means, ...clock.speed() });
      }
      if (hooks.stopped()) {
        await save();
        return null;
      }
      if (clock.due("checkpoint", SECONDS_A_CHECKPOINT)) await save();
    }
    state = await trainer.endEpoch(state);
    hooks.epoch(state.position.epochs.at(-1) as EpochMeasures);
    await save();
  }
  const { epochs, bestEpoch } = state.position;
  return { adapter: state.best, epochs, bestEpoch };
}

function isFinished({ position }: TrainingState, { epochs, patience, keep }: TrainingOptions): boolean {
  const done = position.epoch - 1;
  return done >= epochs || (keep !== "last" && done - position.bestEpoch >= patience);
}

/** Linear warm-up, then decay in a line or none, as a share of the learning rate; the first step already learns. */
export function rateAt(
  step: number,
  steps: number,
  warmup: number,
  schedule: "linear" | "constant" = "linear",
): number {
  const rising = Math.ceil(warmup * steps);
  if (step < rising) return (step + 1) / (rising + 1);
  return schedule === "constant" ? 1 : (steps - step) / (steps - rising);
}

/** What stays the same throughout a training. */
async function openTrainer(
  jax: Jax,
  { config, weights, spec, options, key, train, validation }: TrainingJob,
) {
  const { softTokens } = spec;
  const { batchSize } = options;
  const base = paramsFromWeights(jax, weights, config);
  const steps = trainingSteps(jax, config, base, spec, options);
  const shapes = batchShapes([...train, ...validation], softTokens, options.epochs + 1);
  const padded = (pairs: readonly EncodedPair[], rows: readonly number[]): PaddedBatch[] =>
    paddedBatches(rows, pairs, shapes, softTokens, batchSize, config);
  const inOrder = (pairs: readonly EncodedPair[]): PaddedBatch[] =>
    plainBatches(pairs, shapes, softTokens, batchSize).flatMap((rows) => padded(pairs, rows));
  const referenceOf = (pairs: readonly EncodedPair[]): ReferenceLogProbs | Promise<ReferenceLogProbs> =>
    options.loss.kind === "dpo" ? referenceLogProbs(steps, inOrder(pairs)) : noReference;
  const [trainReference, validationReference] = [await referenceOf(train), await referenceOf(validation)];

  const epoch = (number: number): number[][] =>
    epochBatches(train, shapes, softTokens, batchSize, fold(fold(key, "epoch"), number));

  const measure = async (
    learner: TrainingState["learner"],
    number: number,
    trained: TrainingState["position"]["totals"],
  ): Promise<EpochMeasures> => {
    const sums = { loss: 0, correct: 0 };
    for (const batch of inOrder(validation)) {
      const { loss, correct } = await steps.measure(learner, batch, validationReference(batch));
      sums.loss += loss;
      sums.correct += correct;
    }
    const share = (sum: number, pairs: number): number | null => (pairs === 0 ? null : sum / pairs);
    return {
      epoch: number,
      trainLoss: share(trained.loss, trained.pairs),
      trainAccuracy: share(trained.correct, trained.pairs),
      validationLoss: share(sums.loss, validation.length),
      validationAccuracy: share(sums.correct, validation.length),
    };
  };

  return {
    steps,
    padded,
    trainReference,
    epoch,
    stepsAnEpoch: epoch(1).length,
    async begin(): Promise<TrainingState> {
      const best = initialAdapter(spec, config, fold(key, "initial"));
      const learner = steps.start(adapterTree(jax, best, spec, config));
      const untrained = await measure(learner, 0, NOTHING);
      return {
        learner,
        best,
        position: { epoch: 1, batch: 0, totals: NOTHING, epochs: [untrained], bestEpoch: 0 },
      };
    },
    /** Measures the epoch that is done and goes on to the next. */
    async endEpoch({ learner, best, position }: TrainingState): Promise<TrainingState> {
      const { epochs, bestEpoch } = position;
      const measures = await measure(learner, position.epoch, position.totals);
      const [loss, leastLoss] = [measures.validationLoss, epochs[bestEpoch]?.validationLoss ?? null];
      const isBest =
        options.keep === "last" || bestEpoch === 0 || loss === null || leastLoss === null || loss < leastLoss;
      return {
        learner,
        best: isBest ? await flatOfTree(jax.tree.ref(learner.adapter), spec, config) : best,
        position: {
          epoch: position.epoch + 1,
          batch: 0,
          totals: NOTHING,
          epochs: [...epochs, measures],
          bestEpoch: isBest ? position.epoch : bestEpoch,
        },
      };
    },
  };
}
