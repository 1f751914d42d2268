import { z } from "zod";
import { generateText } from "../core/generate-text.ts";
import { fencedMessages, prompts } from "../core/prompt/prompts.ts";
import { renderPrompt } from "../core/prompt/template.ts";
import { describeMethod } from "./method.ts";

/** The raw history in the prompt, nothing learned: what a chat product with memory does by default. */
export const inContext = describeMethod({
  id: "in-context",
  title: "in-context history",
  summary: "the raw history in the prompt; nothing learned",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#02a885",
  learns: false,
  answers: "same",
  options: z.strictObject({}),
  calls: ({ test, worlds }) => [
    { role: "base", prompt: "inContext", asks: test * worlds, calls: test, sameAs: "in-context" },
  ],
  create: () => ({
    kind: "method",
    fit: async (_train, _validation, { base }) => ({
      answer: async (user) => {
        const history = fencedMessages(prompts.inContext, user.history);
        return {
          text: await generateText(base, renderPrompt(prompts.inContext, { history, prompt: user.prompt })),
        };
      },
    }),
  }),
});
