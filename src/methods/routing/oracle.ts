import { z } from "zod";
import type { StyleLabel } from "../../core/artifacts.ts";
import { answerStyled } from "../answer-styled.ts";
import { describeMethod } from "../method.ts";
import { labelTarget } from "./labels.ts";

/** The best (principle, direction) by the test user's own rewards: the upper bound of routing. */
export const routingOracle = describeMethod({
  id: "routing-oracle",
  title: "routing oracle",
  summary: "the best style by the test user's own rewards; upper bound of routing",
  version: "1",
  role: "oracle",
  readsHistory: false,
  instead: "sees the user's own rewards",
  colour: "#d58013",
  learns: false,
  answers: "styled",
  options: z.strictObject({}),
  calls: () => [],
  create: () => ({
    kind: "oracle",
    answer: async (user, context) => {
      const target = labelTarget("two-sided", context.labels, user.candidates);
      if (target === null) return { text: null };
      return answerStyled(user, context.labels[target.indexOf(1)] as StyleLabel, context);
    },
  }),
});
