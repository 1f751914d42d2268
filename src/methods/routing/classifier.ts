import type { LabelStrategy } from "../../core/config/ids.ts";
import { contentKey } from "../../core/hash.ts";
import { crossEntropy, designOf, predictProbabilities } from "../../numerics/logistic.ts";
import { selectPenalty } from "../../numerics/select-penalty.ts";
import { fingerprintOf, packModel, type StyleModel, unpackModel } from "./model-file.ts";
import type { Lesson, StyleScores } from "./style-scores.ts";
import { labelAccuracy, labelCounts, type Targets, targetMatrix } from "./targets.ts";

/** Raised whenever fitting changes, so that no model of an older version is taken for a new one's. */
export const CLASSIFIER_VERSION = 1;

/**
 * Multinomial logistic regression on one label a user; its penalty is chosen by the validation users' cross-entropy.
 * @returns class probabilities of a user's styles
 */
export function styleClassifier(strategy: LabelStrategy, lesson: Lesson): StyleScores {
  const { train, validation, features, context } = lesson;
  const targets = {
    train: targetMatrix(strategy, train, context),
    validation: targetMatrix(strategy, validation, context),
  };
  const model = storedModel(targets, lesson);
  context.classified?.({
    classifier: features.kind === "ngrams" ? "linear" : features.kind,
    accuracy: {
      train: labelAccuracy(predictProbabilities(model, features.train), targets.train),
      validation: labelAccuracy(predictProbabilities(model, features.validation), targets.validation),
    },
    labels: { train: labelCounts(targets.train), validation: labelCounts(targets.validation) },
  });
  return async (user) => predictProbabilities(model, await lesson.features.of(user));
}

/** The fitted classifier: from the store when the same texts and targets were fitted before. */
function storedModel(
  targets: { readonly train: Targets; readonly validation: Targets },
  { features, context }: Lesson,
): StyleModel {
  const classes = context.labels.length;
  const { targets: trainTargets, weights: trainWeights } = targets.train;
  const { targets: validationTargets, weights: validationWeights } = targets.validation;
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
