import type { LoadedBundle } from "../../bundle/load.ts";
import type { Manifest } from "../../bundle/manifest.ts";
import { styleLabels } from "../../core/artifacts.ts";
import { callKeys } from "../../core/call-key.ts";
import type { ChatMessage } from "../../core/ports/language-model.ts";
import type { Store, StoredCall } from "../../core/ports/store.ts";
import { plainMessages, styledMessages } from "../../core/prompt/prompts.ts";

/** Answers by their content key, as Latin-1 text. */
export type KnownCalls = ReadonlyMap<string, StoredCall>;

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString("latin1");

/**
 * What a base LLM has answered in a frozen set already: test prompts plainly, and in every style where it wrote the
 * candidates, too. So routing asks for nothing that is there.
 * @param identity of the base LLM of the run
 */
export function knownCalls(
  { users, plain, ratedTest }: LoadedBundle,
  { models, config }: Manifest,
  identity: string,
): KnownCalls {
  const calls = new Map<string, StoredCall>();
  if (identity !== models.base.identity) return calls;
  const keyOf = callKeys(identity);
  const labels = styleLabels(config.pool.principles, config.styles?.avoid);
  const know = (messages: readonly ChatMessage[], text: string | null): void => {
    // An empty answer is one that the model did not give.
    const call: StoredCall = { text: text ?? "", finishReason: "stop", inputTokens: 0, outputTokens: 0 };
    calls.set(nameOf(keyOf({ messages, sample: 0 })), call);
  };
  const isSame = ratedTest && identity === models.candidate.identity;
  for (const { text, candidates } of users.test) {
    know(plainMessages(text.prompt), plain.get(text.id) ?? null);
    if (!isSame) continue;
    for (const [i, candidate] of candidates.entries())
      know(styledMessages(labels[i]!, text.prompt), candidate?.text ?? null);
  }
  return calls;
}

/** A store that also finds known answers. They are not copied into it: whoever has the set has them. */
export function storeOver(store: Store, known: KnownCalls): Store {
  return { ...store, getCall: (key) => store.getCall(key) ?? known.get(nameOf(key)) };
}
