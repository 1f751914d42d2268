import { fold, type Key, rootKey } from "../../core/random.ts";
import { isCompared } from "../../methods/about.ts";
import { BASELINE } from "../../methods/registry.ts";
import { type Answering, fitMethod, learnersIn, plainAnswers, runMemory } from "../../pipeline/fit.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { prepareUsers, worldsOf } from "../../pipeline/users.ts";
import { inWorld } from "../../pipeline/world-view.ts";
import type { World } from "../../world/mapping.ts";
import { analyseSet } from "./analyse.ts";
import { askAll, type FullReply, type Reply, type SetReplies, type Task, tasksOf } from "./ask.ts";
import type { QuestionSet } from "./question.ts";
import type { AnswerLine, SetResult } from "./record.ts";

export interface RobustnessOutcome {
  readonly users: number;
  readonly sets: readonly SetResult[];
}

/**
 * Fits every method of the run in one world, as the run does, and puts the questions to each of them, and to the
 * non-personalized model. Every call passes the run's models: what their store holds is not asked again.
 * @param seed of one of the run's worlds
 * @param record takes every answer
 */
export async function runRobustness(
  run: RunSetup,
  sets: readonly QuestionSet[],
  seed: number,
  record: (line: AnswerLine) => void,
): Promise<RobustnessOutcome> {
  const { config, observe } = run;
  const worlds = worldsOf(run);
  const world = worlds.find((w) => w.seed === seed) as World;
  // The baseline is asked in any case.
  const methods = run.methods.filter(isCompared);
  const prepared = await prepareUsers(run, methods, worlds);
  const learners = learnersIn(run, prepared, world);
  const users = prepared.test.map((user) => inWorld(user, world, config.targets).visible);
  const key = robustnessKey(config.seed);
  const asked = sets.map((set) => ({ set, tasks: tasksOf(set, users.length, key) }));
  const total = asked.reduce((sum, { tasks }) => sum + tasks.length, 0);
  observe({ type: "note", message: `${total} questions x ${methods.length + 1} ways to answer them` });
  const memo = runMemory();

  /** Replies by set. */
  const ask = async (name: string, answering: Answering): Promise<Reply[][]> => {
    const stage = `questions: ${name}`;
    observe({ type: "stage", stage, total });
    const replies: Reply[][] = [];
    for (const { set, tasks } of asked) {
      const onDone = (): void => observe({ type: "progress", stage, done: 1, total });
      const given = await askAll(answering, tasks, users, config.concurrency, onDone);
      for (const [i, task] of tasks.entries()) {
        record(lineOf(set, i, task, users[task.user]?.id as string, name, given[i] as FullReply));
      }
      replies.push(given.map(({ answered, choice }) => ({ answered, choice })));
    }
    return replies;
  };

  const none = await ask(BASELINE.title, await plainAnswers(run, world, memo));
  const answered: { id: string; name: string; replies: Reply[][] }[] = [];
  for (const method of methods) {
    const answering = await fitMethod(run, method, world, learners, memo);
    answered.push({ id: method.id, name: method.name, replies: await ask(method.name, answering) });
  }
  return {
    users: users.length,
    sets: asked.map(({ set, tasks }, s) => {
      const given: SetReplies = {
        set,
        tasks,
        none: none[s] as Reply[],
        methods: answered.map(({ id, name, replies }) => ({ id, name, replies: replies[s] as Reply[] })),
      };
      return analyseSet(given);
    }),
  };
}

/** The study's own root: of the draw of questions, of their users and of the order of options. */
export function robustnessKey(seed: number): Key {
  return fold(rootKey(seed), "robustness");
}

function lineOf(
  set: QuestionSet,
  index: number,
  { question }: Task,
  user: string,
  method: string,
  { text, choice }: FullReply,
): AnswerLine {
  return {
    set: set.id,
    question: index + 1,
    category: question.category,
    user,
    method,
    options: question.options,
    right: question.right,
    choice,
    answer: text,
  };
}
