import { contentKey } from "./hash.ts";
import type { GenerateRequest } from "./ports/language-model.ts";

/**
 * The content key of a model's requests. Every part is preceded by its length, so that no two different requests
 * have the same text (lone surrogates aside, which no server can be sent either).
 * @param identity `LanguageModel.identity`
 */
export function callKeys(identity: string): (request: GenerateRequest) => Uint8Array {
  const start = `call@1 ${identity.length}:${identity}`;
  return ({ messages, sample, maxTokens, topLogprobs }) => {
    let content = `${start} ${sample} ${maxTokens ?? ""} ${topLogprobs ?? ""}`;
    for (const { role, content: text } of messages) content += ` ${role} ${text.length}:${text}`;
    return contentKey(content);
  };
}
