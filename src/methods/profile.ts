import { z } from "zod";
import { generateText } from "../core/generate-text.ts";
import { fencedMessages, prompts } from "../core/prompt/prompts.ts";
import { renderPrompt } from "../core/prompt/template.ts";
import { describeMethod } from "./method.ts";

/**
 * The base LLM guesses from the history alone what the user may like, then answers for that description: what products with
 * a written user profile do (e.g. Richardson et al., 2023, arXiv 2310.20081, "summaries of user data"). It sees no reward:
 * over arbitrary mappings its expected gain is 0, whatever the LLM believes of people.
 */
export const profile = describeMethod({
  id: "profile",
  title: "written profile",
  summary: "the LLM guesses the user's taste from the history and answers for it; nothing learned",
  version: "1",
  role: "method",
  readsHistory: true,
  colour: "#726b9e",
  learns: false,
  answers: "same",
  options: z.strictObject({}),
  calls: ({ test, worlds, historyLength }) => [
    {
      role: "base",
      prompt: "guessTaste",
      asks: test * worlds,
      // Without a history all are described by the same request.
      calls: historyLength === 0 ? 1 : test,
      sameAs: "tastes",
    },
    {
      role: "base",
      prompt: "answerForTaste",
      asks: test * worlds,
      calls: test,
      sameAs: "answers for tastes",
    },
  ],
  create: () => ({
    kind: "method",
    fit: async (_train, _validation, { base }) => ({
      async answer(user) {
        const history = fencedMessages(prompts.guessTaste, user.history);
        const taste = await generateText(base, renderPrompt(prompts.guessTaste, { history }));
        const slots = { taste: taste ?? NOTHING, prompt: user.prompt };
        return { text: await generateText(base, renderPrompt(prompts.answerForTaste, slots)) };
      },
    }),
  }),
});

/** Where the LLM gave no description. */
const NOTHING = "Nothing.";
