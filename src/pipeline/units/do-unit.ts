import { goesByStages } from "../../core/config/schedule.ts";
import { ApmError } from "../../core/errors.ts";
import { answering } from "../answer-world.ts";
import { completeByStages } from "../by-stages.ts";
import type { RatedPrinciples } from "../complete-user.ts";
import { drawFor } from "../evaluate-world.ts";
import { type Learners, learnersIn, runMemory } from "../fit.ts";
import { takeFrozen } from "../frozen-users.ts";
import { stageGauges } from "../gauges.ts";
import { prepareImported } from "../imported-users.ts";
import { type MadeRange, prepareRange, type UserRange, writeRange } from "../prepare.ts";
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

/** What may be told to who does units. */
interface Doing {
  /** The same run, whose models make the users that answers are for: where nothing of them may be asked any more. */
  readonly known?: RunSetup;
  /** Called for each user who is made, or has been answered. */
  readonly told?: () => void;
}

/**
 * Does units of one run: makes all their calls, through the set-up's models and into its store, and writes no results.
 * What a process has computed for one unit (users, what methods learn from) serves its next ones.
 */
export function unitDoer(
  run: RunSetup,
  { known = run, told = () => {} }: Doing = {},
): (unit: WorkUnit) => Promise<UnitOutcome> {
  const worlds = worldsOf(run);
  const memo = runMemory();
  let everybody: Promise<AnsweredUsers> | undefined;
  const users = (): Promise<AnsweredUsers> => {
    everybody ??= (async () => {
      const prepared = await prepareUsers(known, run.methods, worlds);
      return { ...prepared, test: await answerPlainly(known, prepared.test) };
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
    if (method === undefined) {
      await scoreAnswers(run, test, ({ plain }) => ({ text: plain }), gauges, "first", told);
      return { failed: 0 };
    }
    if (learnt?.world !== seed) learnt = { world: seed, learners: learnersIn(run, all, world) };
    const expected = all.test.map(({ text }) => text);
    const { answer } = await answering(run, gauges, method, world, learnt.learners, memo, expected);
    const draw = drawFor(run, method);
    await scoreAnswers(run, test, ({ visible }) => answer(visible), gauges, draw, told);
    return { failed: 0 };
  };

  return (unit) => (unit.kind === "users" ? makeUsers(run, unit, told) : answers(unit));
}

/** Users at some places, with plain answers where they are test users. */
async function makeUsers(run: RunSetup, unit: UsersUnit, told: () => void): Promise<UnitOutcome> {
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
    const range = { stage: unitName(unit), split, from, to };
    const found = goesByStages(run.config)
      ? await byStages(run, range, rated)
      : await prepareRange(run, range, rated, told);
    made.push(...found.users);
    failed = found.failed;
  }
  if (split === "test") await answerPlainly(run, made);
  return { failed };
}

async function byStages(
  run: RunSetup,
  range: UserRange,
  rated: RatedPrinciples,
): Promise<MadeRange<PreparedUser>> {
  await run.enter?.(["rewriter"]);
  const { users, failed } = await writeRange(run, range);
  const [whole = []] = await completeByStages(run, [{ name: range.stage, users, rated }]);
  return { users: whole, failed };
}

const strange = (method: string, world: number): ApmError =>
  new ApmError(`this run has no "${method}" in a world ${world}`, {
    where: "job",
    remedy: "give the queue a database of its own, and start the run again",
  });
