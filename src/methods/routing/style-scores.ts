import type { StyleLabel, TestUser, TrainUser } from "../../core/artifacts.ts";
import { ApmError } from "../../core/errors.ts";
import { answerStyled } from "../answer-styled.ts";
import type { FittedMethod, MethodContext } from "../method.ts";
import { bestStyle } from "../rewards.ts";
import type { HistoryFeatures } from "./features.ts";

/** What a learner knows of a user: one value for each of the 2K styles, in the labels' order; larger is better. */
export type StyleScores = (user: TestUser) => Promise<Float64Array>;

/** What a learner of styles learns from. */
export interface Lesson {
  readonly train: readonly TrainUser[];
  readonly validation: readonly TrainUser[];
  readonly features: HistoryFeatures;
  readonly context: MethodContext;
}

/** Answers in the style of the largest value (ties: the lower label). */
export function answerInBestStyle(scores: StyleScores, context: MethodContext): FittedMethod {
  return {
    async answer(user) {
      return answerStyled(user, labelOf(await scores(user), context), context);
    },
  };
}

/** The same, by values that are rewards which the method expects: they go with the answer. */
export function answerByReward(expected: StyleScores, context: MethodContext): FittedMethod {
  return {
    async answer(user) {
      const rewards = await expected(user);
      const answer = await answerStyled(user, labelOf(rewards, context), context);
      return { ...answer, predicted: Array.from(rewards, (r) => (Number.isNaN(r) ? null : r)) };
    },
  };
}

const labelOf = (scores: Float64Array, { labels }: MethodContext): StyleLabel =>
  labels[bestStyle(scores)] as StyleLabel;

/** @throws ApmError where no user has any reward to learn from */
export function checkRewards(rewards: Float64Array, method: string): void {
  if (rewards.every(Number.isNaN)) {
    throw new ApmError("no train user has any reward", {
      where: method,
      remedy: "use more train users, or look into the judge's missing scores",
    });
  }
}
