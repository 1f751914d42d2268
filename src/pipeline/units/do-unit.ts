import { mapConcurrent } from "../../core/concurrency.ts";
import { ApmError } from "../../core/errors.ts";
import { answering } from "../answer-world.ts";
import { drawFor } from "../evaluate-world.ts";
import { type Learners, learnersIn, runMemory } from "../fit.ts";
import { takeFrozen } from "../frozen-users.ts";
import { stageGauges } from "../gauges.ts";
import { prepareImported } from "../imported-users.ts";
import { makeUser, orderOf } from "../make-user.ts";
import type { PreparedUser } from "../prepared.ts";
import type { RunSetup } from "../run-setup.ts";
import { scoreAnswers, testedIn } from "../score-answers.ts";
import {
  type AnsweredUsers,
  answerPlainly,
  neededUsers,
  prepareUsers,
  ratedPrinciples,
  worldsOf,
} from "../users.ts";
import { PLAIN_ANSWERS, type UnitOutcome, unitName, type WorkUnit } from "./unit.ts";

type UsersUnit = Extract<WorkUnit, { kind: "users" }>;
type AnswersUnit = Extract<WorkUnit, { kind: "answers" }>;

/**
 * Does units of one run: makes all their calls, through the set-up's models and into its store, and writes no results.
 * What a process has computed for one unit (users, what methods learn from) serves its next ones.
 */
export function unitDoer(run: RunSetup): (unit: WorkUnit) => Promise<UnitOutcome> {
  const worlds = worldsOf(run);
  const memo = runMemory();
  let everybody: Promise<AnsweredUsers> | undefined;
  const users = (): Promise<AnsweredUsers> => {
    everybody ??= (async () => {
      const prepared = await prepareUsers(run, run.methods, worlds);
      return { ...prepared, test: await answerPlainly(run, prepared.test) };
    })();
    // What failed once may succeed the next time.
    everybody.catch(() => {
      everybody = undefined;
    });
    return everybody;
  };
  /** Of the world that was worked in last: units come world by world. */
  let learnt: { world: number; learners: Learners } | undefined;

  const answers = async ({ world: seed, method: name, from, to }: AnswersUnit): Promise<UnitOutcome> => {
    const all = await users();
    const world = worlds.find((it) => it.seed === seed);
    const method = run.methods.find((it) => it.name === name && it.role !== "baseline");
    if (world === undefined || (method === undefined && name !== PLAIN_ANSWERS)) throw strange(name, seed);
    const test = all.test.slice(from, to).map((user) => testedIn(run, world, user));
    const gauges = stageGauges(run, `${name}, world ${seed}`);
    const nothing = (): void => {};
    if (method === undefined) {
      await scoreAnswers(run, test, ({ plain }) => ({ text: plain }), gauges, "first", nothing);
      return { failed: 0 };
    }
    if (learnt?.world !== seed) learnt = { world: seed, learners: learnersIn(run, all, world) };
    const expected = all.test.map(({ text }) => text);
    const { answer } = await answering(run, gauges, method, world, learnt.learners, memo, expected);
    const draw = drawFor(run, method);
    await scoreAnswers(run, test, ({ visible }) => answer(visible), gauges, draw, nothing);
    return { failed: 0 };
  };

  return (unit) => (unit.kind === "users" ? makeUsers(run, unit) : answers(unit));
}

/** Users at some places, with plain answers where they are test users. */
async function makeUsers(run: RunSetup, unit: UsersUnit): Promise<UnitOutcome> {
  const { split, from, to } = unit;
  const { ratedTest } = neededUsers(run.methods);
  const rated = split === "test" && !ratedTest ? null : ratedPrinciples(run, worldsOf(run));
  const made: PreparedUser[] = [];
  let failed = 0;
  const { frozen, imported } = run;
  if (frozen !== undefined) {
    const users = { ...frozen.users, [split]: frozen.users[split].slice(from, to) };
    const config = { ...run.config, users: { ...run.config.users, [split]: to - from } };
    made.push(...(await takeFrozen({ ...run, config, frozen: { ...frozen, users } }, split, rated)));
  } else if (split === "test" && imported !== undefined) {
    made.push(...(await prepareImported(run, imported.slice(from, to), rated)).users);
  } else {
    const gauges = stageGauges(run, unitName(unit));
    const places = Array.from({ length: to - from }, (_, i) => from + i);
    const all = await mapConcurrent(places, run.config.concurrency, (place) =>
      makeUser(run, orderOf(run, split, place, rated), gauges),
    );
    gauges.end();
    for (const user of all) {
      if ("failure" in user) {
        failed++;
        run.repeated?.("rewriter", user.answered);
      } else made.push(user);
    }
  }
  if (split === "test") await answerPlainly(run, made);
  return { failed };
}

const strange = (method: string, world: number): ApmError =>
  new ApmError(`this run has no "${method}" in a world ${world}`, {
    where: "job",
    remedy: "give the queue a database of its own, and start the run again",
  });
