import { z } from "zod";
import type { TestUser, TrainUser, UserText } from "../../core/artifacts.ts";
import type { LabelStrategy } from "../../core/config/ids.ts";
import { ApmError } from "../../core/errors.ts";
import { contentKey } from "../../core/hash.ts";
import { TRAINER_PROTOCOL, type TrainerJob } from "../../core/ports/trainer.ts";
import type { FittedMethod, MethodContext } from "../method.ts";
import { isTrained, jobOf, seedOf, trainedResult, trainerOf } from "../trained/job.ts";
import { modelAt } from "../trained/options.ts";
import type { EncoderOptions } from "./encoder-options.ts";
import { answerInBestStyle } from "./style-scores.ts";
import { labelAccuracy, labelCounts, type Targets, targetMatrix } from "./targets.ts";

const probabilities = z.record(z.string(), z.array(z.number()));
const number = z.number().nullable();
/** What is used of a result: docs/trainer-protocol.md. */
const resultSchema = z.object({
  kind: z.literal("encoder-router"),
  probabilities,
  lossCurve: z.array(z.object({ step: z.number(), loss: z.number() })),
  epochs: z.array(
    z.object({
      epoch: z.number(),
      trainLoss: number,
      validationLoss: number,
      validationAccuracy: number,
    }),
  ),
  cutTexts: z.number(),
});
type EncoderResult = z.output<typeof resultSchema>;

/** Points of a loss curve that are kept. */
const CURVE_POINTS = 100;
const WHAT = "encoder router";

/**
 * An encoder, fine-tuned by a trainer to tell labels from histories (the paper's router). The trainer gets histories and
 * targets; of test users it gets histories alone, when they are to be answered.
 */
export function encoderRouter(
  options: EncoderOptions,
  strategy: LabelStrategy,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  context: MethodContext,
): FittedMethod {
  const { trainer: place } = options;
  const targets = {
    train: targetMatrix(strategy, train, context),
    validation: targetMatrix(strategy, validation, context),
  };
  const trainer = trainerOf(context, place);
  const jobFor = (test: readonly UserText[]): TrainerJob =>
    jobOf({
      protocol: TRAINER_PROTOCOL,
      kind: "encoder-router",
      model: modelAt(options.model),
      data: {
        labels: context.labels.map(({ principle, direction }) => `${direction} ${principle}`),
        train: taught(train, targets.train, strategy),
        validation: taught(validation, targets.validation, strategy),
        // A folder is asked nothing later.
        ...(trainer.answersLater || test.length === 0 ? {} : { test: test.map(textOf) }),
      },
      settings: settingsOf(options),
      seed: seedOf(context.key),
    });
  const plain = jobFor([]);
  let fitted: Promise<{ readonly job: TrainerJob; readonly result: EncoderResult }> | undefined;
  const trained = (test: readonly UserText[]) => {
    fitted ??= (async () => {
      const job = jobFor(test);
      const result = await trainedResult(job, place, resultSchema, context, WHAT);
      report(result, options, { train, validation }, targets, context);
      return { job, result };
    })();
    return fitted;
  };

  const known = new Map<string, readonly number[]>();
  const keyOf = ({ history }: UserText): Uint8Array => contentKey(JSON.stringify([plain.key, history]));
  const remember = (user: UserText, vector: readonly number[] | undefined): readonly number[] => {
    if (vector?.length !== context.labels.length) {
      throw new ApmError("the trainer gave no probabilities of a user", {
        where: `trainer ${place}, ${user.id}`,
      });
    }
    known.set(JSON.stringify(user.history), vector);
    const bytes = new Uint8Array(Float64Array.from(vector).buffer);
    context.artifacts.putArtifact("trainer-probabilities", keyOf(user), bytes);
    return vector;
  };
  const recall = (user: UserText): readonly number[] | undefined => {
    const found = known.get(JSON.stringify(user.history));
    if (found !== undefined) return found;
    const stored = context.artifacts.getArtifact("trainer-probabilities", keyOf(user));
    return stored && [...new Float64Array(stored.slice().buffer)];
  };
  const ask = async (users: readonly UserText[]): Promise<void> => {
    const { job } = await trained(users);
    const missing = users.filter((user) => recall(user) === undefined);
    if (missing.length === 0) return;
    // Its folder may have been cleared since the result was stored.
    if (!(await trainer.has(job.key))) await trainer.train(job, () => {});
    const given = await trainer.probabilities(job.key, missing.map(textOf));
    for (const user of missing) remember(user, given.get(user.id));
  };
  return {
    ...answerInBestStyle(async (user: TestUser) => {
      if (recall(user) === undefined) await ask([user]);
      return Float64Array.from(recall(user) ?? []);
    }, context),
    expect: ask,
    async layDown(users) {
      const job = jobFor(users);
      if (!isTrained(job, context)) await trainer.begin(job);
    },
  };
}

const textOf = ({ id, history }: UserText) => ({ id, history });

/** Users whose rewards tell, with what is to be learned of them: a label, or a distribution. */
function taught(users: readonly TrainUser[], { targets, weights }: Targets, strategy: LabelStrategy) {
  const classes = targets.length / weights.length;
  return users.flatMap((user, i) => {
    if (weights[i] === 0) return [];
    const row = targets.subarray(i * classes, (i + 1) * classes);
    return [{ ...textOf(user), target: strategy === "soft" ? [...row] : row.indexOf(1) }];
  });
}

function settingsOf({ trainer: _place, model: _model, ...settings }: EncoderOptions) {
  return settings;
}

/** Puts down how it was fitted, beside the other classifiers: by its own probabilities, counted here. */
function report(
  { probabilities, lossCurve, epochs, cutTexts }: EncoderResult,
  { model, maxTokens }: EncoderOptions,
  users: { readonly train: readonly TrainUser[]; readonly validation: readonly TrainUser[] },
  targets: { readonly train: Targets; readonly validation: Targets },
  { labels, classified, note }: MethodContext,
): void {
  const matrixOf = (some: readonly TrainUser[]): Float64Array => {
    const matrix = new Float64Array(some.length * labels.length);
    for (const [i, { id }] of some.entries()) matrix.set(probabilities[id] ?? [], i * labels.length);
    return matrix;
  };
  classified?.({
    classifier: model,
    accuracy: {
      train: labelAccuracy(matrixOf(users.train), targets.train),
      validation: labelAccuracy(matrixOf(users.validation), targets.validation),
    },
    labels: { train: labelCounts(targets.train), validation: labelCounts(targets.validation) },
    lossCurve: thinned(lossCurve),
    epochs,
  });
  if (cutTexts > 0) note(`${WHAT}: ${cutTexts} histories were cut at ${maxTokens} tokens`);
}

/** Evenly chosen points of a curve, the last one among them. */
function thinned<T>(curve: readonly T[]): T[] {
  const every = Math.max(1, Math.ceil(curve.length / CURVE_POINTS));
  return curve.filter((_, i) => (curve.length - 1 - i) % every === 0);
}
