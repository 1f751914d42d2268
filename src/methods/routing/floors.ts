import { z } from "zod";
import type { StyleLabel } from "../../core/artifacts.ts";
import { fold, rngOf } from "../../core/random.ts";
import { answerStyled } from "../answer-styled.ts";
import { describeMethod } from "../method.ts";
import { labelTarget } from "./labels.ts";

/** A label drawn evenly for each user: what routing is worth when it knows nothing. */
export const randomRouting = describeMethod({
  id: "random-routing",
  title: "random routing",
  summary: "a random style for each user; sanity floor",
  version: "1",
  role: "floor",
  readsHistory: false,
  instead: "any style",
  colour: "#b58e50",
  learns: false,
  answers: "styled",
  options: z.strictObject({}),
  calls: () => [],
  create: () => ({
    kind: "method",
    fit: async (_train, _validation, context) => ({
      answer: (user) => answerStyled(user, rngOf(fold(context.key, user.id)).pick(context.labels), context),
    }),
  }),
});

/** The train users' most frequent label (margin strategy; ties: the lower index) for everybody. */
export const majorityRouting = describeMethod({
  id: "majority-routing",
  title: "majority routing",
  summary: "the train users' most frequent style for everybody; sanity floor",
  version: "1",
  role: "floor",
  readsHistory: false,
  instead: "one style for all users",
  colour: "#978ec0",
  learns: true,
  answers: "styled",
  options: z.strictObject({}),
  calls: () => [],
  create: () => ({
    kind: "method",
    fit: async (train, _validation, context) => {
      const counts = new Float64Array(context.labels.length);
      for (const user of train) {
        const target = labelTarget("margin", context.labels, user.candidates);
        for (const [i, mass] of (target ?? []).entries()) counts[i] = (counts[i] as number) + mass;
      }
      const label = context.labels[counts.indexOf(Math.max(...counts))] as StyleLabel;
      return { answer: (user) => answerStyled(user, label, context) };
    },
  }),
});
