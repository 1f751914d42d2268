import type { ConversationSource } from "../catalog/conversations.ts";
import { userProfile } from "../catalog/users.ts";
import { voiceOf } from "../catalog/voices.ts";
import { neededConversations, userTextOf } from "../conversations/history.ts";
import { rewritePrompts, rewriteRequests } from "../conversations/rewrite.ts";
import type { BaseConversation, Split, UserProfile } from "../core/artifacts.ts";
import type { Config } from "../core/config/resolved.ts";
import type { GenerateRequest, LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { fold, type Key, rootKey } from "../core/random.ts";
import { wrapModel } from "../core/wrap-model.ts";
import { completeUser, type RatedPrinciples, type WrittenUser } from "./complete-user.ts";
import type { StageGauges } from "./gauges.ts";
import type { PreparedUser } from "./prepared.ts";

/** Roles that a user is made by. */
export const MAKERS = ["rewriter", "candidate", "judge"] as const satisfies readonly ModelRole[];
export type Maker = (typeof MAKERS)[number];

/** What users are made with. */
export interface UserMaking {
  readonly config: Pick<Config, "pool" | "judge" | "styles">;
  readonly models: Readonly<Record<Maker, LanguageModel>>;
}

/** All that decides a user, but for the models and the configuration: plain data, which can be sent to another thread. */
export interface UserOrder {
  readonly profile: UserProfile;
  /** The user's writing habits, or "" for none. */
  readonly voice: string;
  /** The conversations whose prompts are rewritten, the held-out one last. */
  readonly conversations: readonly BaseConversation[];
  /** Principles that are rated; `null`: the user gets no candidates. */
  readonly columns: readonly number[] | null;
}

/** Why there is no user, and how many answers the rewriter gave in vain. */
export interface UnwrittenUser {
  readonly failure: string;
  readonly answered: number;
}
export type MadeUser = PreparedUser | UnwrittenUser;

/** The key of all users' hidden sides and voices. */
export const userKey = ({ seed }: { readonly seed: number }): Key => fold(rootKey(seed), "users");

/** Where users come from. */
interface UserSource {
  readonly config: Config;
  readonly conversations: { readonly train: ConversationSource; readonly test: ConversationSource };
}

/** What is to be made of the user at a place of the split's endless sequence. */
export function orderOf(run: UserSource, split: Split, index: number, rated: RatedPrinciples): UserOrder {
  const { config } = run;
  const key = userKey(config);
  const { pool, activeAttributes, users } = config;
  const drawn = users.attributes;
  const profile = userProfile({ pool, activeAttributes, drawn, split, index, key });
  return {
    profile,
    voice: users.voices ? voiceOf(fold(fold(key, "voice"), profile.id)) : "",
    conversations: neededConversations(conversationsOf(run, split, index), config.historyLength),
    columns: rated?.(profile) ?? null,
  };
}

/** What is asked first in making a user. */
export function firstRequest(
  { pool }: Pick<Config, "pool">,
  { profile, voice, conversations }: UserOrder,
): GenerateRequest {
  return rewriteRequests(pool, profile, voice)(conversations[0]?.prompt ?? "");
}

/** Makes a user: rewrites, then candidates and their ratings. Nothing here knows a world. */
export async function makeUser(making: UserMaking, order: UserOrder, gauges: StageGauges): Promise<MadeUser> {
  const user = await writeUser(making, order, gauges);
  if ("failure" in user) return user;
  const { columns } = order;
  return completeUser(making, user, columns && (() => columns), gauges);
}

/** The rewrites alone. */
export async function writeUser(
  { config, models }: UserMaking,
  { profile, voice, conversations }: UserOrder,
  gauges: StageGauges,
): Promise<WrittenUser | UnwrittenUser> {
  const { model: rewriter, answered } = counted(models.rewriter);
  const gauge = gauges.of("rewriter");
  const rewrites = await rewritePrompts(rewriter, config.pool, profile, voice, conversations, gauge);
  const result = userTextOf(profile.id, rewrites);
  if ("failure" in result) return { failure: result.failure, answered: answered() };
  return { profile, text: result.user };
}

/** The same model, and how many answers it has given. */
function counted(model: LanguageModel): { model: LanguageModel; answered(): number } {
  let answers = 0;
  const counting = wrapModel(model, async (request) => {
    const result = await model.generate(request);
    answers++;
    return result;
  });
  return { model: counting, answered: () => answers };
}

/**
 * The base conversations of a user: consecutive ones of the half's order, from the front for train and test users and
 * from the back for validation users, so that splits share none while the source lasts; a small source is reused
 * within its half.
 */
function conversationsOf(run: UserSource, split: Split, index: number): BaseConversation[] {
  const { perUser } = run.config.conversations;
  const source = split === "test" ? run.conversations.test : run.conversations.train;
  return Array.from({ length: perUser }, (_, i) => {
    const at = (index * perUser + i) % source.size;
    return source.at(split === "validation" ? source.size - 1 - at : at);
  });
}
