import { z } from "zod";
import type { StyleLabel, TrainUser } from "../../core/artifacts.ts";
import { LABEL_STRATEGIES, type LabelStrategy } from "../../core/config/ids.ts";
import { contentKey } from "../../core/hash.ts";
import {
  crossEntropy,
  type Design,
  designOf,
  type LogisticModel,
  predictProbabilities,
} from "../../numerics/logistic.ts";
import { selectPenalty } from "../../numerics/select-penalty.ts";
import type { Csr } from "../../numerics/sparse.ts";
import { fitVectorizer, type Vectorizer } from "../../numerics/text-features.ts";
import { answerStyled } from "../answer-styled.ts";
import { describeMethod, type MethodContext } from "../method.ts";
import { labelTarget } from "./labels.ts";
import { packModel, unpackModel } from "./model-file.ts";

/** Raised whenever fitting changes, so that no model of an older version is taken for a new one's. */
const VERSION = 1;

/**
 * Routing (spec section 4.2): a classifier reads the history H and picks one of the 2K styles, which becomes the
 * instruction. The classifier is multinomial logistic regression on sparse word and character n-grams, its penalty
 * chosen by the validation users' cross-entropy; the paper fine-tunes ModernBERT-base for this.
 */
export const routing = describeMethod({
  id: "routing",
  title: "routing",
  summary: "a text classifier picks one of 2K styles from the history",
  version: String(VERSION),
  role: "method",
  readsHistory: true,
  colour: "#7b8aff",
  learns: true,
  answers: "styled",
  options: z.strictObject({
    labels: z
      .enum(LABEL_STRATEGIES)
      .default("margin")
      .describe("how a train user's 2K rewards become the label to learn"),
  }),
  calls: () => [],
  create: ({ labels: strategy }) => ({
    kind: "method",
    async fit(train, validation, context) {
      const features = context.memo("routing/features", () => historyFeatures(train, validation));
      const model = storedModel(strategy, train, validation, features, context);
      return {
        answer: (user) => {
          const probabilities = predictProbabilities(model, features.vectorizer.transform([user.history]));
          const best = probabilities.indexOf(Math.max(...probabilities));
          return answerStyled(user, context.labels[best] as StyleLabel, context);
        },
      };
    },
  }),
});

/** What the histories give, the same in every world. */
interface HistoryFeatures {
  readonly vectorizer: Vectorizer;
  readonly design: Design;
  readonly validation: Csr;
  /** Names the texts, for the content key of a fitted model. */
  readonly fingerprint: string;
}

function historyFeatures(train: readonly TrainUser[], validation: readonly TrainUser[]): HistoryFeatures {
  const documents = train.map((u) => u.history);
  const vectorizer = fitVectorizer(documents);
  return {
    vectorizer,
    design: designOf(vectorizer.transform(documents)),
    validation: vectorizer.transform(validation.map((u) => u.history)),
    fingerprint: JSON.stringify([documents, validation.map((u) => u.history)]),
  };
}

/** The fitted classifier: from the store when the same texts and targets were fitted before. */
function storedModel(
  strategy: LabelStrategy,
  train: readonly TrainUser[],
  validation: readonly TrainUser[],
  features: HistoryFeatures,
  context: MethodContext,
): LogisticModel {
  const classes = context.labels.length;
  const [trainTargets, trainWeights] = targetMatrix(strategy, train, context);
  const [validationTargets, validationWeights] = targetMatrix(strategy, validation, context);
  const key = contentKey(
    JSON.stringify([
      VERSION,
      classes,
      fingerprintOf(trainTargets),
      fingerprintOf(validationTargets),
      features.fingerprint,
    ]),
  );
  const stored = context.artifacts.getArtifact("router", key);
  if (stored !== undefined) return unpackModel(stored, classes);
  const { model } = selectPenalty(
    features.design,
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

function fingerprintOf(values: Float64Array): string {
  return Buffer.from(contentKey(Buffer.from(values.buffer).toString("latin1"))).toString("hex");
}
