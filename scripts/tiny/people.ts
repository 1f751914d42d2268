import { builtinConversations, type ConversationSource } from "../../src/catalog/conversations.ts";
import { POOL_NAMES, poolNamed } from "../../src/catalog/pools.ts";
import type { Half } from "../../src/catalog/topics.ts";
import { voiceOf } from "../../src/catalog/voices.ts";
import { rewritePrompts } from "../../src/conversations/rewrite.ts";
import type { LanguageModel } from "../../src/core/ports/language-model.ts";
import { fold, type Key, rngOf } from "../../src/core/random.ts";
import type { Sign } from "../../src/core/rating-scale.ts";

/** Share of users that show two attributes at once. */
const DOUBLE_SHARE = 0.25;
/** Share of users with writing habits of their own. */
const VOICE_SHARE = 0.7;

/** Prompts of invented users: one half of the catalog's topics, users of any pool. */
export interface People {
  /**
   * @param key decides the user and the conversations
   * @param count how many prompts
   * @returns the prompts of one user, in the user's manner
   */
  prompts(key: Key, count: number): Promise<string[]>;
}

/**
 * @param half topics that the prompts are about; the test half is for held-out measures alone
 * @param plain share of users whose prompts stand as the catalog has them; all others restate them
 */
export function peopleOf(half: Half, rewriter: LanguageModel, key: Key, plain: number): People {
  const source: ConversationSource = builtinConversations(half, fold(key, "conversations"));
  return {
    async prompts(userKey, count) {
      for (let attempt = 0; ; attempt++) {
        const prompts = await oneUser(source, rewriter, fold(userKey, attempt), count, plain);
        if (prompts !== null) return prompts;
      }
    },
  };
}

/** `null` when a rewrite failed, as some do: the user is dropped, as in the benchmark. */
async function oneUser(
  source: ConversationSource,
  rewriter: LanguageModel,
  key: Key,
  count: number,
  plain: number,
): Promise<string[] | null> {
  const rng = rngOf(key);
  const conversations = Array.from({ length: count }, () => source.at(rng.int(source.size)));
  if (rng.uniform() < plain) return conversations.map(({ prompt }) => prompt);
  const pool = poolNamed(rng.pick(POOL_NAMES));
  const active = rng.shuffle([...pool.attributes.keys()]).slice(0, rng.uniform() < DOUBLE_SHARE ? 2 : 1);
  const attributes = pool.attributes.map((_, i): Sign | 0 => (active.includes(i) ? rng.sign() : 0));
  const voice = rng.uniform() < VOICE_SHARE ? voiceOf(fold(key, "voice")) : "";
  const rewrites = await rewritePrompts(
    rewriter,
    pool,
    { id: "", split: "train", attributes },
    voice,
    conversations,
  );
  const texts: string[] = [];
  for (const rewrite of rewrites) {
    if ("failure" in rewrite) return null;
    texts.push(rewrite.text);
  }
  return texts;
}
