import { contentKey } from "./hash.ts";
import type { GenerateRequest } from "./ports/language-model.ts";
import type { Store, StoredCall } from "./ports/store.ts";

/**
 * The content key of a model's requests. Every part is preceded by its length, so that no two different requests
 * have the same text (lone surrogates aside, which no server can be sent either).
 * @param identity `LanguageModel.identity`
 */
export function callKeys(identity: string): (request: GenerateRequest) => Uint8Array {
  const start = `call@1 ${identity.length}:${identity}`;
  return ({ messages, sample, maxTokens, topLogprobs, held }) => {
    let content = `${start} ${sample} ${maxTokens ?? ""} ${topLogprobs ?? ""}`;
    if (held?.form !== undefined) content += ` held ${held.form} ${held.max}`;
    for (const { role, content: text } of messages) content += ` ${role} ${text.length}:${text}`;
    return contentKey(content);
  };
}

/** Where a request's answer is kept, or is to be kept. */
export interface CallPlace {
  readonly key: Uint8Array;
  readonly stored: StoredCall | undefined;
}

/**
 * Looks a request's answer up, also under the form that an earlier version gave the request. An answer that was stored
 * without the log-probabilities that are wanted is none: the server may have learnt to send them. A store keeps the
 * first answer of a key, so the next one has a key of its own.
 * @param keyOf `callKeys` of the model
 */
export function findCall(
  calls: Pick<Store, "getCall">,
  keyOf: (request: GenerateRequest) => Uint8Array,
  request: GenerateRequest,
): CallPlace {
  const { earlier, topLogprobs } = request;
  const isWhole = (call: StoredCall | undefined): boolean =>
    call !== undefined && (topLogprobs === undefined || call.logprobs !== undefined);
  const key = keyOf(request);
  const stored = calls.getCall(key);
  if (isWhole(stored)) return { key, stored };
  const before = earlier && calls.getCall(keyOf({ ...request, messages: earlier }));
  if (isWhole(before)) return { key, stored: before };
  if (stored === undefined) return { key, stored };
  const second = contentKey(`with log-probabilities ${Buffer.from(key).toString("hex")}`);
  const again = calls.getCall(second);
  return { key: second, stored: isWhole(again) ? again : undefined };
}
