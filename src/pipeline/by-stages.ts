import { mapConcurrent } from "../core/concurrency.ts";
import {
  type AnsweredUser,
  addCandidates,
  addRatings,
  type RatedPrinciples,
  type WrittenUser,
} from "./complete-user.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";
import { ownRatings, writtenUser } from "./imported-users.ts";
import { writeSplit } from "./prepare.ts";
import type { PreparedSplit, PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";

/** Users of one kind, whose texts are known. */
export interface WrittenGroup {
  /** As people read it: "train users". */
  readonly name: string;
  readonly users: readonly WrittenUser[];
  readonly rated: RatedPrinciples;
}

/**
 * Adds candidates and ratings to users whose texts are known: all candidates before any rating, so that a machine that
 * holds one model at a time changes it once. The requests are those of the ordinary schedule.
 * @returns the users of each group, in order
 */
export async function completeByStages(
  run: RunSetup,
  groups: readonly WrittenGroup[],
): Promise<PreparedUser[][]> {
  await run.enter?.(["candidate"]);
  const answered: AnsweredUser[][] = [];
  for (const { name, users, rated } of groups) {
    const add = (user: WrittenUser, gauges: StageGauges) => addCandidates(run, user, rated, gauges);
    answered.push(await inStage(run, `candidates of ${name}`, users, rated, add));
  }
  await run.enter?.(["judge"]);
  const whole: PreparedUser[][] = [];
  for (const [g, { name, rated }] of groups.entries()) {
    const add = (user: AnsweredUser, gauges: StageGauges) => addRatings(run, user, gauges);
    whole.push(await inStage(run, `ratings of ${name}`, answered[g] ?? [], rated, add));
  }
  return whole;
}

async function inStage<T, R>(
  run: RunSetup,
  stage: string,
  users: readonly T[],
  rated: RatedPrinciples,
  add: (user: T, gauges: StageGauges) => Promise<R>,
): Promise<R[]> {
  const total = users.length;
  const isTold = rated !== null && total > 0;
  if (isTold) run.observe({ type: "stage", stage, total });
  const gauges = stageGauges(run, stage);
  const made = await mapConcurrent(users, run.config.concurrency, async (user) => {
    const more = await add(user, gauges);
    if (isTold) run.observe({ type: "progress", stage, done: 1, total });
    return more;
  });
  gauges.end();
  return made;
}

/** Whom a run makes, and on what their candidates are rated; `learners` is undefined where no method learns. */
export interface WantedUsers {
  readonly learners: RatedPrinciples | undefined;
  readonly test: RatedPrinciples;
}

/** The users of all splits, stage by stage: those of `prepareSplit` and `prepareImported`, byte for byte. */
export async function prepareByStages(
  run: RunSetup,
  { learners, test }: WantedUsers,
): Promise<Record<"train" | "validation" | "test", PreparedSplit>> {
  const { users } = run.config;
  await run.enter?.(["rewriter"]);
  const nobody = { users: [], replaced: 0 };
  const train = learners ? await writeSplit(run, "train", users.train) : nobody;
  const validation = learners ? await writeSplit(run, "validation", users.validation) : nobody;
  const imported = run.imported?.map((user) => ownRatings(user, run) ?? writtenUser(user, run));
  const tested = imported ? { users: imported, replaced: 0 } : await writeSplit(run, "test", users.test);
  const isWhole = (user: WrittenUser): user is PreparedUser => "ratings" in user;
  const rated = learners ?? null;
  const [trained, validated, made] = (await completeByStages(run, [
    { name: "train users", users: train.users, rated },
    { name: "validation users", users: validation.users, rated },
    { name: "test users", users: tested.users.filter((user) => !isWhole(user)), rated: test },
  ])) as [PreparedUser[], PreparedUser[], PreparedUser[]];
  const left = made.values();
  return {
    train: { users: trained, replaced: train.replaced },
    validation: { users: validated, replaced: validation.replaced },
    test: {
      users: tested.users.map((user) => (isWhole(user) ? user : (left.next().value as PreparedUser))),
      replaced: tested.replaced,
    },
  };
}
