import { rewritePrompts } from "../conversations/rewrite.ts";
import type { BaseConversation, UserProfile } from "../core/artifacts.ts";
import type { Config } from "../core/config/resolved.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { listening, shown } from "./heard.ts";

/** So many rewrites are tried: a weak rewriter ends some of them. */
export const REWRITES = 6;

/** With fewer users than this share whose rewrites are all good, a run would replace most, and give up. */
const LEAST_USERS = 0.5;

/**
 * Has some prompts rewritten as a run has, and says how many of the rewrites can be used.
 * @throws ApmError when none can, or so few that most users would be replaced
 */
export async function rewritesOf(
  model: LanguageModel,
  { pool, historyLength }: Config,
  {
    profile,
    voice,
    conversations,
  }: {
    readonly profile: UserProfile;
    readonly voice: string;
    readonly conversations: readonly BaseConversation[];
  },
): Promise<string> {
  const told = listening();
  const made = await rewritePrompts(model, pool, profile, voice, conversations, told.gauge);
  const good = made.flatMap((rewrite) => ("text" in rewrite ? [rewrite.text] : []));
  if (good.length === 0) return told.fail();
  const example = shown(good[0] as string);
  if (good.length === made.length) return `rewrites and ends (${example})`;
  const share = `${good.length} of ${made.length} rewrites can be used`;
  const needed = historyLength + 1;
  if ((good.length / made.length) ** needed < LEAST_USERS) {
    return told.fail(`${share}, and each user needs ${needed}, so most would be replaced; a failed one`);
  }
  return `${share}, so some users will be replaced (${example})`;
}
