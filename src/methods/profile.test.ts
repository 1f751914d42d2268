import { describe, expect, it } from "vitest";
import { methodContext } from "../../test/support/method-context.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { prompts } from "../core/prompt/prompts.ts";
import { matchPrompt } from "../core/prompt/template.ts";
import type { Method } from "./method.ts";
import { profile } from "./profile.ts";

/** Guesses that everybody likes what they wrote, nothing of the mute, and answers with what it was told. */
const base: LanguageModel = {
  ...methodContext().base,
  async generate({ messages }) {
    const history = matchPrompt(prompts.guessTaste, messages)?.history;
    const told = matchPrompt(prompts.answerForTaste, messages);
    const guess = history?.includes("mute") ? "" : history?.split("\n")[1];
    const text = history === undefined ? `${told!.prompt} for one who likes: ${told!.taste}` : guess!;
    return { text, finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 } };
  },
};

const answer = async (history: string[]) => {
  const fitted = await (profile.create({}) as Method).fit([], [], methodContext({ base }));
  return fitted.answer({ id: "test-0", history, prompt: "What now?" });
};

describe("a written profile", () => {
  it("is made from the history alone, and answered for", async () => {
    expect(await answer(["short words", "more"])).toEqual({
      text: "What now? for one who likes: short words",
    });
  });

  it("says that nothing is known where the model describes nothing", async () => {
    expect(await answer(["mute"])).toEqual({ text: "What now? for one who likes: Nothing." });
  });
});
