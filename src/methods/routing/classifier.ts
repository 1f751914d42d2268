import type { TrainUser } from "../../core/artifacts.ts";
import type { LabelStrategy } from "../../core/config/ids.ts";
import { contentKey } from "../../core/hash.ts";
import { crossEntropy, designOf, predictProbabilities } from "../../numerics/logistic.ts";
import { selectPenalty } from "../../numerics/select-penalty.ts";
import type { MethodContext } from "../method.ts";
import { labelTarget } from "./labels.ts";
import { fingerprintOf, packModel, type StyleModel, unpackModel } from "./model-file.ts";
import type { Lesson, StyleScores } from "./style-scores.ts";

/** Raised whenever fitting changes, so that no model of an older version is taken for a new one's. */
export const CLASSIFIER_VERSION = 1;

/**
 * Multinomial logistic regression on one label a user; its penalty is chosen by the validation users' cross-entropy.
 * @returns class probabilities of a user's styles
 */
export function styleClassifier(strategy: LabelStrategy, lesson: Lesson): StyleScores {
  const model = storedModel(strategy, lesson);
  return async (user) => predictProbabilities(model, await lesson.features.of(user));
}

/** The fitted classifier: from the store when the same texts and targets were fitted before. */
function storedModel(strategy: LabelStrategy, { train, validation, features, context }: Lesson): StyleModel {
  const classes = context.labels.length;
  const [trainTargets, trainWeights] = targetMatrix(strategy, train, context);
  const [validationTargets, validationWeights] = targetMatrix(strategy, validation, context);
  const key = contentKey(
    JSON.stringify([
      CLASSIFIER_VERSION,
      classes,
      fingerprintOf(trainTargets),
      fingerprintOf(validationTargets),
      features.fingerprint,
    ]),
  );
  const stored = context.artifacts.getArtifact("router", key);
  if (stored !== undefined) return unpackModel(stored, classes);
  const design = context.memo(`design of histories: ${features.kind}`, () => designOf(features.train));
  const { model } = selectPenalty(
    design,
    trainTargets,
    features.validation,
    (probabilities) => crossEntropy(probabilities, validationTargets, validationWeights),
    { sampleWeights: trainWeights },
  );
  const packed = packModel(model);
  context.artifacts.putArtifact("router", key, packed);
  // Through the packed form in both cases: a second run must choose exactly as the first.
  return unpackModel(packed, classes);
}

/** Targets (users x labels) and weights: a user whose rewards do not tell gets weight 0. */
function targetMatrix(
  strategy: LabelStrategy,
  users: readonly TrainUser[],
  { labels }: MethodContext,
): [targets: Float64Array, weights: Float64Array] {
  const targets = new Float64Array(users.length * labels.length);
  const weights = new Float64Array(users.length);
  for (const [i, user] of users.entries()) {
    const target = labelTarget(strategy, labels, user.candidates);
    targets.set(target ?? new Float64Array(labels.length).fill(1 / labels.length), i * labels.length);
    weights[i] = target === null ? 0 : 1;
  }
  return [targets, weights];
}
