import { z } from "zod";
import { LABEL_STRATEGIES } from "../../core/config/ids.ts";
import { embeddedHistoryCalls } from "../histories.ts";
import { describeMethod } from "../method.ts";
import { CLASSIFIER_VERSION, styleClassifier } from "./classifier.ts";
import { areEmbedded, featuresOption, historyFeatures } from "./features.ts";
import { rewardRegression } from "./reward-regression.ts";
import { answerByReward, answerInBestStyle } from "./style-scores.ts";

/**
 * Routing (spec section 4.2): a learner reads the history H and picks one of the 2K styles, which becomes the instruction.
 * With four of the `labels` it is a classifier of one label a user (the paper fine-tunes ModernBERT-base for this); with
 * `rewards` a regression of all 2K rewards that were paid for, and the style of the largest one that it expects.
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
  }),
  calls: (sizes, { features }) =>
    areEmbedded(features) ? embeddedHistoryCalls(sizes, ["train", "validation", "test"]) : [],
  create: ({ labels, features: kind }) => ({
    kind: "method",
    fitsAlone: kind === "ngrams",
    async fit(train, validation, context) {
      const features = await historyFeatures(kind, train, validation, context);
      const lesson = { train, validation, features, context };
      return labels === "rewards"
        ? answerByReward(rewardRegression(lesson), context)
        : answerInBestStyle(styleClassifier(labels, lesson), context);
    },
  }),
});
