import { z } from "zod";
import { LABEL_STRATEGIES, type LabelStrategy } from "../../core/config/ids.ts";
import { UsageError } from "../../core/errors.ts";
import { embeddedHistoryCalls } from "../histories.ts";
import { describeMethod, type Method } from "../method.ts";
import { rewardMatrix } from "../rewards.ts";
import { isFolder } from "../trained/options.ts";
import { trainerProbe } from "../trained/probe.ts";
import { CLASSIFIER_VERSION, styleClassifier } from "./classifier.ts";
import { encoderRouter } from "./encoder.ts";
import { type EncoderOptions, encoderOptions } from "./encoder-options.ts";
import { areEmbedded, type FeatureKind, featuresOption, historyFeatures } from "./features.ts";
import { rewardRegression } from "./reward-regression.ts";
import { answerByReward, answerInBestStyle, checkRewards } from "./style-scores.ts";

/**
 * Routing (spec section 4.2): a learner reads the history H and picks one of the 2K styles, which becomes the instruction.
 * With four of the `labels` it is a classifier of one label a user (the paper fine-tunes ModernBERT-base for this, as `classifier` with
 * a trainer does); with `rewards` a regression of all 2K rewards that were paid for, and the style of the largest one that it expects.
 */
export const routing = describeMethod({
  id: "routing",
  title: "routing",
  summary: "a text classifier picks one of 2K styles from the history",
  version: String(CLASSIFIER_VERSION),
  role: "method",
  readsHistory: true,
  colour: "#7b8aff",
  learns: true,
  answers: "styled",
  options: z.strictObject({
    labels: z
      .enum([...LABEL_STRATEGIES, "rewards"])
      .default("margin")
      .describe(
        "how a train user's 2K rewards become the label to learn; `rewards`: no label, all of them are learned",
      ),
    features: featuresOption("ngrams"),
    classifier: z
      .union([z.enum(["linear", "embedding"]), encoderOptions])
      .default("linear")
      .describe(
        "what learns: logistic regression on `features`, on the embedder's vectors, or an encoder that a trainer fine-tunes (`{ trainer: ADDRESS, ... }`)",
      ),
  }),
  calls: (sizes, { features, classifier }) =>
    areEmbedded(featuresOf(features, classifier))
      ? embeddedHistoryCalls(sizes, ["train", "validation", "test"])
      : [],
  create: ({ labels, features: read, classifier }) =>
    typeof classifier === "string"
      ? {
          kind: "method",
          fitsAlone: !areEmbedded(featuresOf(read, classifier)),
          async fit(train, validation, context) {
            const features = await historyFeatures(featuresOf(read, classifier), train, validation, context);
            const lesson = { train, validation, features, context };
            return labels === "rewards"
              ? answerByReward(rewardRegression(lesson), context)
              : answerInBestStyle(styleClassifier(labels, lesson), context);
          },
        }
      : encoderRouting(classifier, learnable(labels)),
});

/** Routing by an encoder that a trainer fine-tunes. */
function encoderRouting(options: EncoderOptions, strategy: LabelStrategy): Method {
  return {
    kind: "method",
    outside: trainerProbe(options.trainer),
    trainedBy: isFolder(options.trainer) ? "folder" : "server",
    async fit(train, validation, context) {
      checkRewards(rewardMatrix(train, context.labels), "routing");
      return encoderRouter(options, strategy, train, validation, context);
    },
  };
}

/** What is read of a history: the embedder's vector alone for the classifier that is named after it. */
const featuresOf = (
  features: FeatureKind,
  classifier: "linear" | "embedding" | EncoderOptions,
): FeatureKind => (classifier === "embedding" ? "embedding" : classifier === "linear" ? features : "ngrams");

/** @throws UsageError for what no classifier of labels learns */
function learnable(labels: LabelStrategy | "rewards"): LabelStrategy {
  if (labels !== "rewards") return labels;
  throw new UsageError("an encoder learns labels, not all rewards", {
    where: "routing: labels",
    remedy: `choose one of: ${LABEL_STRATEGIES.join(", ")}`,
  });
}
