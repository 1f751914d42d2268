import type { Candidate, StyleLabel } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { generateText } from "../core/generate-text.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { styledMessages } from "../core/prompt/prompts.ts";

/**
 * Answers to one prompt under every style label, in the order of the labels.
 * @returns `null` in place of an answer that the model refused or left empty
 */
export async function writeCandidates(
  model: LanguageModel,
  labels: readonly StyleLabel[],
  prompt: string,
): Promise<(Candidate | null)[]> {
  return mapConcurrent(labels, labels.length, async (label) => {
    const text = await generateText(model, styledMessages(label, prompt));
    const { principle, direction } = label;
    return text === null ? null : { principle, direction, text };
  });
}
