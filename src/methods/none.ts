import { z } from "zod";
import { generateText } from "../core/generate-text.ts";
import { plainMessages } from "../core/prompt/prompts.ts";
import { describeMethod } from "./method.ts";

/** The base LLM with no system prompt: the baseline of every comparison. */
export const none = describeMethod({
  id: "none",
  title: "none",
  summary: "the base LLM with no system prompt; the baseline of every comparison",
  version: "1",
  role: "baseline",
  readsHistory: false,
  instead: "no system prompt",
  colour: "#785d7b",
  learns: false,
  answers: "plain",
  options: z.strictObject({}),
  calls: () => [],
  create: () => ({
    kind: "method",
    fit: async (_train, _validation, { base }) => ({
      answer: async (user) => ({ text: await generateText(base, plainMessages(user.prompt)) }),
    }),
  }),
});
