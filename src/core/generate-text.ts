import { ProviderError } from "./errors.ts";
import type { ChatMessage, LanguageModel } from "./ports/language-model.ts";

/**
 * The visible text of one answer, trimmed; one that was cut at the token limit counts as it is.
 * @param sample number of the draw
 * @returns `null` when the provider refuses this very request, withholds the answer, or the answer is empty
 * @throws ProviderError for failures that are not the request's own
 */
export async function generateText(
  model: LanguageModel,
  messages: readonly ChatMessage[],
  sample = 0,
): Promise<string | null> {
  try {
    const result = await model.generate({ messages, sample });
    const text = result.text.trim();
    return text === "" || result.finishReason === "filter" ? null : text;
  } catch (error) {
    if (error instanceof ProviderError && error.failure === "request") return null;
    throw error;
  }
}
