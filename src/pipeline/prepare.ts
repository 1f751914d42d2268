import { userProfile } from "../catalog/users.ts";
import { voiceOf } from "../catalog/voices.ts";
import { neededConversations, userTextOf } from "../conversations/history.ts";
import { rewritePrompts } from "../conversations/rewrite.ts";
import type { BaseConversation, Split } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { ApmError } from "../core/errors.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { fold, type Key, rootKey } from "../core/random.ts";
import { wrapModel } from "../core/wrap-model.ts";
import { completeUser, type RatedPrinciples, type WrittenUser } from "./complete-user.ts";
import { endingTally } from "./endings.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";
import type { PreparedSplit, PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";

/**
 * Makes the users of one split: rewrites, then candidates and their ratings. Nothing here knows a world. A user with a failed
 * rewrite is replaced by the next of the endless user sequence, so the result does not depend on timing.
 * @throws ApmError when most rewrites fail
 */
export async function prepareSplit(
  run: RunSetup,
  split: Split,
  count: number,
  rated: RatedPrinciples,
): Promise<PreparedSplit> {
  const users: PreparedUser[] = [];
  const replaced = await prepareInParts(run, split, count, rated, count, async (part) => {
    for (const user of part) users.push(user);
  });
  return { users, replaced };
}

/**
 * The same users a part at a time, so that they need not stand in memory together.
 * @param most users of a part; a part with failed users is smaller
 * @param take given each part, in order
 * @returns how many users were replaced
 * @throws ApmError as `prepareSplit`
 */
export async function prepareInParts(
  run: RunSetup,
  split: Split,
  count: number,
  rated: RatedPrinciples,
  most: number,
  take: (part: readonly PreparedUser[]) => Promise<void>,
): Promise<number> {
  const make: MakeUser<PreparedUser> = (i, gauges) => prepareUser(run, split, i, rated, gauges);
  return makeInParts(run, split, count, make, most, take);
}

/**
 * The texts of one split's users alone, as `prepareSplit` makes them: whose rewrites failed is replaced here already.
 * @throws ApmError as `prepareSplit`
 */
export async function writeSplit(
  run: RunSetup,
  split: Split,
  count: number,
): Promise<{ readonly users: readonly WrittenUser[]; readonly replaced: number }> {
  const users: WrittenUser[] = [];
  const make: MakeUser<WrittenUser> = (i, gauges) => writeUser(run, split, i, gauges);
  const replaced = await makeInParts(run, split, count, make, count, async (part) => {
    for (const user of part) users.push(user);
  });
  return { users, replaced };
}

/** A user whose rewrites failed, and why. */
interface Failure {
  readonly failure: string;
}

/** Makes the user at an index of the endless sequence. */
type MakeUser<T extends object> = (index: number, gauges: StageGauges) => Promise<T | Failure>;

async function makeInParts<T extends object>(
  run: RunSetup,
  split: Split,
  count: number,
  make: MakeUser<T>,
  most: number,
  take: (part: readonly T[]) => Promise<void>,
): Promise<number> {
  const { config, observe } = run;
  const stage = `${split} users`;
  observe({ type: "stage", stage, total: count });
  const endings = endingTally();
  const gauges = stageGauges({ ...run, ended: endings.also(run.ended) }, stage);
  let [index, whole, replaced] = [0, 0, 0];
  const reasons = new Map<string, number>();
  while (whole < count) {
    const wanted = Math.min(count - whole, most);
    const indexes = Array.from({ length: wanted }, (_, i) => index + i);
    index += wanted;
    const made = await mapConcurrent(indexes, config.concurrency, async (i) => {
      const user = await make(i, gauges);
      if (!("failure" in user)) observe({ type: "progress", stage, done: 1, total: count });
      return user;
    });
    const part: T[] = [];
    for (const user of made) {
      if ("failure" in user) {
        replaced++;
        reasons.set(user.failure, (reasons.get(user.failure) ?? 0) + 1);
      } else part.push(user);
    }
    whole += part.length;
    await take(part);
    if (replaced > Math.max(count, 10)) {
      throw new ApmError(`most rewrites fail (${describe(reasons)})`, {
        where: `rewriter ${run.models.rewriter.id}, ${stage}`,
        remedy: "raise models.rewriter.maxTokens, or choose a stronger rewriter",
      });
    }
  }
  gauges.end();
  if (replaced > 0)
    observe({ type: "note", message: `${stage}: ${replaced} replaced (${describe(reasons)})` });
  const ended = endings.words();
  if (ended !== "") observe({ type: "note", message: `${stage}: ${ended}` });
  return replaced;
}

function describe(reasons: ReadonlyMap<string, number>): string {
  return [...reasons].map(([reason, n]) => `${n} ${reason}`).join(", ");
}

/** The key of all users' hidden sides and voices. */
export const userKey = ({ seed }: { readonly seed: number }): Key => fold(rootKey(seed), "users");

async function prepareUser(
  run: RunSetup,
  split: Split,
  index: number,
  rated: RatedPrinciples,
  gauges: StageGauges,
): Promise<PreparedUser | Failure> {
  const user = await writeUser(run, split, index, gauges);
  return "failure" in user ? user : completeUser(run, user, rated, gauges);
}

async function writeUser(
  run: RunSetup,
  split: Split,
  index: number,
  gauges: StageGauges,
): Promise<WrittenUser | Failure> {
  const { config } = run;
  const key = userKey(config);
  const profile = userProfile({
    pool: config.pool,
    activeAttributes: config.activeAttributes,
    drawn: config.users.attributes,
    split,
    index,
    key,
  });
  const voice = config.users.voices ? voiceOf(fold(fold(key, "voice"), profile.id)) : "";
  const conversations = neededConversations(conversationsOf(run, split, index), config.historyLength);
  const { model: rewriter, answered } = counted(run.models.rewriter);
  const rewrites = await rewritePrompts(
    rewriter,
    config.pool,
    profile,
    voice,
    conversations,
    gauges.of("rewriter"),
  );
  const result = userTextOf(profile.id, rewrites);
  if ("failure" in result) {
    run.repeated?.("rewriter", answered());
    return result;
  }
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
function conversationsOf(run: RunSetup, split: Split, index: number): BaseConversation[] {
  const { perUser } = run.config.conversations;
  const source = split === "test" ? run.conversations.test : run.conversations.train;
  return Array.from({ length: perUser }, (_, i) => {
    const at = (index * perUser + i) % source.size;
    return source.at(split === "validation" ? source.size - 1 - at : at);
  });
}
