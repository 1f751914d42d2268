import type { StyleLabel, UserText } from "../core/artifacts.ts";
import { generateText } from "../core/generate-text.ts";
import { styledMessages } from "../core/prompt/prompts.ts";
import type { Answer, MethodContext } from "./method.ts";

/**
 * Answers under one style instruction. The messages equal those of the candidate of that label, so a store answers
 * without a call when base and candidate LLM are the same.
 */
export async function answerStyled(
  user: Pick<UserText, "prompt">,
  label: StyleLabel,
  context: Pick<MethodContext, "base">,
): Promise<Answer> {
  return { text: await generateText(context.base, styledMessages(label, user.prompt)), label };
}
