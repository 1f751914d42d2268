import { writeCandidates } from "../candidates/candidates.ts";
import { userProfile } from "../catalog/users.ts";
import { voiceOf } from "../catalog/voices.ts";
import { neededConversations, userTextOf } from "../conversations/history.ts";
import { rewritePrompts } from "../conversations/rewrite.ts";
import {
  type BaseConversation,
  type Candidate,
  type Split,
  styleLabels,
  type UserProfile,
  type UserText,
} from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { ApmError } from "../core/errors.ts";
import { fold, rootKey } from "../core/random.ts";
import { createJudge } from "../judge/judge.ts";
import { type RatingMatrix, rateCandidates } from "../ratings/rating-matrix.ts";
import type { World } from "../world/mapping.ts";
import { targetsOf } from "../world/targets.ts";
import type { RunContext } from "./context.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";

/** A user with everything that no world changes. */
export interface PreparedUser {
  readonly profile: UserProfile;
  readonly text: UserText;
  /** In the order of the style labels; empty when no method of the run needs them. */
  readonly candidates: readonly (Candidate | null)[];
  readonly ratings: RatingMatrix;
  /** Principles that were rated. */
  readonly columns: readonly number[];
}

export interface PreparedSplit {
  readonly users: readonly PreparedUser[];
  /** How many users were dropped for a failed rewrite. */
  readonly replaced: number;
}

/**
 * Makes the users of one split: rewrites, then, with `rated`, candidates and their ratings. A user with a failed
 * rewrite is replaced by the next of the endless user sequence, so the result does not depend on timing.
 * @throws ApmError when most rewrites fail
 */
export async function prepareSplit(
  context: RunContext,
  worlds: readonly World[],
  split: Split,
  count: number,
  rated: boolean,
): Promise<PreparedSplit> {
  const { config, observe } = context;
  const stage = `${split} users`;
  observe({ type: "stage", stage, total: count });
  const gauges = stageGauges(context, stage);
  const users: PreparedUser[] = [];
  let index = 0;
  let replaced = 0;
  const reasons = new Map<string, number>();
  while (users.length < count) {
    const wanted = count - users.length;
    const indexes = Array.from({ length: wanted }, (_, i) => index + i);
    index += wanted;
    const made = await mapConcurrent(indexes, config.concurrency, async (i) => {
      const user = await prepareUser(context, worlds, split, i, rated, gauges);
      if (!("failure" in user)) observe({ type: "progress", stage, done: 1, total: count });
      return user;
    });
    for (const user of made) {
      if ("failure" in user) {
        replaced++;
        reasons.set(user.failure, (reasons.get(user.failure) ?? 0) + 1);
      } else users.push(user);
    }
    if (replaced > Math.max(count, 10)) {
      throw new ApmError(`most rewrites fail (${describe(reasons)})`, {
        where: `rewriter ${context.models.rewriter.id}, ${stage}`,
        remedy: "raise models.rewriter.maxTokens, or choose a stronger rewriter",
      });
    }
  }
  gauges.end();
  if (replaced > 0)
    observe({ type: "note", message: `${stage}: ${replaced} replaced (${describe(reasons)})` });
  return { users, replaced };
}

function describe(reasons: ReadonlyMap<string, number>): string {
  return [...reasons].map(([reason, n]) => `${n} ${reason}`).join(", ");
}

async function prepareUser(
  context: RunContext,
  worlds: readonly World[],
  split: Split,
  index: number,
  rated: boolean,
  gauges: StageGauges,
): Promise<PreparedUser | { failure: string }> {
  const { config } = context;
  const key = fold(rootKey(config.seed), "users");
  const profile = userProfile({
    pool: config.pool,
    activeAttributes: config.activeAttributes,
    split,
    index,
    key,
  });
  const voice = config.users.voices ? voiceOf(fold(fold(key, "voice"), profile.id)) : "";
  const conversations = neededConversations(conversationsOf(context, split, index), config.historyLength);
  const rewrites = await rewritePrompts(
    context.models.rewriter,
    config.pool,
    profile,
    voice,
    conversations,
    gauges.of("rewriter"),
  );
  const result = userTextOf(profile.id, rewrites);
  if ("failure" in result) return result;
  return completeUser(context, worlds, profile, result.user, rated, gauges);
}

/**
 * The base conversations of a user: consecutive ones of the half's order, from the front for train and test users and
 * from the back for validation users, so that splits share none while the source lasts; a small source is reused
 * within its half.
 */
function conversationsOf(context: RunContext, split: Split, index: number): BaseConversation[] {
  const { perUser } = context.config.conversations;
  const source = split === "test" ? context.conversations.test : context.conversations.train;
  return Array.from({ length: perUser }, (_, i) => {
    const at = (index * perUser + i) % source.size;
    return source.at(split === "validation" ? source.size - 1 - at : at);
  });
}

/** Adds candidates and ratings to a user whose texts are known. */
export async function completeUser(
  context: RunContext,
  worlds: readonly World[],
  profile: UserProfile,
  text: UserText,
  rated: boolean,
  gauges: StageGauges,
): Promise<PreparedUser> {
  const { config, models } = context;
  const { principles } = config.pool;
  const columns = neededColumns(context, worlds, profile);
  const candidates = rated
    ? await writeCandidates(gauges.model("candidate"), styleLabels(principles), text.prompt)
    : [];
  const judge = createJudge(models.judge, config.judge, gauges.of("judge"));
  const ratings = await rateCandidates(judge, candidates, principles, columns);
  return { profile, text, candidates, ratings, columns };
}

/** All principles, or with `judge.ratings: "targets"` those that some world weighs for this user. */
function neededColumns({ config }: RunContext, worlds: readonly World[], profile: UserProfile): number[] {
  if (config.judge.ratings === "all") return config.pool.principles.map((_, i) => i);
  const wanted = worlds.flatMap((world) => targetsOf(world.matrix, profile.attributes, config.targets));
  return [...new Set(wanted.map((t) => t.principle))].sort((a, b) => a - b);
}
