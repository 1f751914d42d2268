import type { Split } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { ApmError } from "../core/errors.ts";
import type { RatedPrinciples, WrittenUser } from "./complete-user.ts";
import { endingTally } from "./endings.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";
import { makeUser, orderOf, type UnwrittenUser, type UserOrder, writeUser } from "./make-user.ts";
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
  return makeInParts(run, { split, count, rated, most }, wholeUsers(run), take);
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
  const wanted = { split, count, rated: null, most: count };
  const replaced = await makeInParts(run, wanted, textsAlone(run), async (part) => {
    for (const user of part) users.push(user);
  });
  return { users, replaced };
}

/** Places of a split's endless sequence of users, half open, and what the stage that makes them is called. */
export interface UserRange {
  readonly stage: string;
  readonly split: Split;
  readonly from: number;
  readonly to: number;
}

/** Those users at some places who can be made. */
export interface MadeRange<T> {
  readonly users: readonly T[];
  /** How many have failed: nobody takes their place. */
  readonly failed: number;
}

/** Makes the users at some places, as `prepareSplit` would. @param told of each, when it is made or has failed */
export function prepareRange(
  run: RunSetup,
  range: UserRange,
  rated: RatedPrinciples,
  told: () => void,
): Promise<MadeRange<PreparedUser>> {
  return makeRange(run, range, rated, wholeUsers(run), told);
}

/** The texts alone, as `writeSplit` would make them. */
export function writeRange(run: RunSetup, range: UserRange): Promise<MadeRange<WrittenUser>> {
  return makeRange(run, range, null, textsAlone(run), () => {});
}

async function makeRange<T extends object>(
  run: RunSetup,
  { stage, split, from, to }: UserRange,
  rated: RatedPrinciples,
  makeAll: MakeUsers<T>,
  told: () => void,
): Promise<MadeRange<T>> {
  const gauges = stageGauges(run, stage);
  const places = Array.from({ length: to - from }, (_, i) => from + i);
  const orders = places.values().map((place) => orderOf(run, split, place, rated));
  const made = await makeAll(orders, places.length, gauges, (user) => {
    if ("failure" in user) run.repeated?.("rewriter", user.answered);
    told();
  });
  gauges.end();
  const users = made.filter((user): user is T => !("failure" in user));
  return { users, failed: made.length - users.length };
}

/** Makes users whole, by the crew where there is one. */
function wholeUsers(run: RunSetup): MakeUsers<PreparedUser> {
  const make: MakeUser<PreparedUser> = (order, gauges) => makeUser(run, order, gauges);
  const { crew } = run;
  if (crew === undefined) return oneByOne(run, make);
  return (orders, wanted, gauges, told) =>
    crew.makeUsers(orders, wanted, { make: (order) => make(order, gauges), gauges, told });
}

const textsAlone = (run: RunSetup): MakeUsers<WrittenUser> =>
  oneByOne(run, (order, gauges) => writeUser(run, order, gauges));

/** Makes the user of an order. */
type MakeUser<T extends object> = (order: UserOrder, gauges: StageGauges) => Promise<T | UnwrittenUser>;

/** Makes the users of so many orders, in their order; tells of each when it is made. */
type MakeUsers<T extends object> = (
  orders: Iterable<UserOrder>,
  wanted: number,
  gauges: StageGauges,
  told: (user: T | UnwrittenUser) => void,
) => Promise<(T | UnwrittenUser)[]>;

const oneByOne =
  <T extends object>({ config }: RunSetup, make: MakeUser<T>): MakeUsers<T> =>
  (orders, _wanted, gauges, told) =>
    mapConcurrent(orders, config.concurrency, async (order) => {
      const user = await make(order, gauges);
      told(user);
      return user;
    });

/** Which users, and how many of them together at most. */
interface WantedSplit {
  readonly split: Split;
  readonly count: number;
  readonly rated: RatedPrinciples;
  readonly most: number;
}

async function makeInParts<T extends object>(
  run: RunSetup,
  { split, count, rated, most }: WantedSplit,
  makeAll: MakeUsers<T>,
  take: (part: readonly T[]) => Promise<void>,
): Promise<number> {
  const { observe } = run;
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
    const orders = indexes.values().map((i) => orderOf(run, split, i, rated));
    const made = await makeAll(orders, wanted, gauges, (user) => {
      if ("failure" in user) run.repeated?.("rewriter", user.answered);
      else observe({ type: "progress", stage, done: 1, total: count });
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
