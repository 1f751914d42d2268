import { callKeys, findCall } from "../../core/call-key.ts";
import type { GenerateRequest, GenerateResult, LanguageModel } from "../../core/ports/language-model.ts";
import type { Store, StoredCall } from "../../core/ports/store.ts";
import { wrapModel } from "../../core/wrap-model.ts";

/**
 * A model that asks the store first and keeps every completed call in it, truncated ones too (they were paid).
 * Failures are not kept. Equal requests in flight share one call.
 * @param onHit told of every answer that cost nothing
 */
export function cachedModel(model: LanguageModel, store: Store, onHit?: () => void): LanguageModel {
  const keyOf = callKeys(model.identity);
  const inFlight = new Map<string, Promise<GenerateResult>>();

  const ask = async (request: GenerateRequest, key: Uint8Array, id: string): Promise<GenerateResult> => {
    try {
      const result = await model.generate(request);
      store.putCall(key, toStored(result));
      if (model.simulated) return result; // gives everybody the same answer
      await store.kept();
      // Where machines share their answers, another may have been first.
      const first = store.getCall(key);
      return first === undefined || first.text === result.text
        ? result
        : { ...fromStored(first), cached: false };
    } finally {
      inFlight.delete(id);
    }
  };

  return wrapModel(model, async (request) => {
    const { key, stored } = findCall(store, keyOf, request);
    if (stored !== undefined) {
      onHit?.();
      return fromStored(stored);
    }
    const id = Buffer.from(key).toString("latin1");
    const shared = inFlight.get(id);
    if (shared !== undefined) {
      const result = await shared;
      onHit?.();
      return { ...result, cached: true };
    }
    const asked = ask(request, key, id);
    inFlight.set(id, asked);
    return asked;
  });
}

/** What is kept of an answer. */
export function toStored({ text, finishReason, usage, reasoning, logprobs }: GenerateResult): StoredCall {
  return {
    text,
    finishReason,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

export function fromStored({ inputTokens, outputTokens, ...rest }: StoredCall): GenerateResult {
  return { ...rest, usage: { inputTokens, outputTokens }, cached: true };
}
