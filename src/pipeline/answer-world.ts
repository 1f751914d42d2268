import type { UserText } from "../core/artifacts.ts";
import type { ClassifierFit } from "../core/classifier-record.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { answeringUsers } from "../core/config/schedule.ts";
import { worldName } from "../core/world-name.ts";
import type { Answer, MethodContext } from "../methods/method.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { World } from "../world/mapping.ts";
import { type Answering, fitMethod, type Learners, learnersIn } from "./fit.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";
import type { RecordedAnswer } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";
import type { AnsweredUsers } from "./users.ts";
import { inWorld } from "./world-view.ts";

/** What fitting found, where a method tells it. */
export interface Found {
  learned?: Readonly<Record<string, number>>;
  classified?: ClassifierFit;
}

/** What each method has said in one world, by the test users' order; `undefined` of the baseline, whose answers are known. */
export type WorldAnswers = readonly (
  | { readonly answers: readonly Answer[]; readonly found: Found }
  | undefined
)[];

/** Fits every method in one world and lets it answer the test users; nothing is judged. */
export async function answerWorld(
  run: RunSetup,
  methods: readonly ConfiguredMethod[],
  users: AnsweredUsers,
  world: World,
  memo: MethodContext["memo"],
): Promise<WorldAnswers> {
  const { config, observe } = run;
  const test = users.test.map((user) => inWorld(user, world, config.targets).visible);
  const learners = learnersIn(run, users, world);
  const stage = `answers, ${worldName(config.worlds, world.seed)}`;
  const total = methods.filter(({ role }) => role !== "baseline").length * test.length;
  observe({ type: "stage", stage, total, unit: "answers" });
  const all: WorldAnswers[number][] = [];
  for (const method of methods) {
    if (method.role === "baseline") {
      all.push(undefined);
      continue;
    }
    const gauges = stageGauges(run, `${stage}, ${method.name}`);
    const { answer, found } = await answering(run, gauges, method, world, learners, memo, test);
    const answers = await mapConcurrent(test, answeringUsers(config, test.length), async (user) => {
      const given = await answer(user);
      observe({ type: "progress", stage, done: 1, total });
      return given;
    });
    gauges.end();
    all.push({ answers, found });
  }
  return all;
}

/**
 * A method fitted on a world's learners, its base LLM gauged, or the answers that it gave before.
 * @param expected whom it will be asked about
 * @returns with what is found, which may come with the first answers
 */
export async function answering(
  run: RunSetup,
  gauges: StageGauges,
  method: ConfiguredMethod,
  world: World,
  learners: Learners,
  memo: MethodContext["memo"],
  expected: readonly UserText[],
): Promise<{ readonly answer: Answering; readonly found: Found }> {
  const found: Found = {};
  const recorded = run.recorded?.get(method.name);
  if (recorded !== undefined) return { answer: replayed(recorded.get(world.seed)), found };
  const gauged: RunSetup = { ...run, models: { ...run.models, base: gauges.model("base") } };
  const answer = await fitMethod(gauged, method, world, learners, memo, {
    learned: (facts) => {
      found.learned = facts;
    },
    classified: (fit) => {
      found.classified = fit;
    },
    expected,
  });
  return { answer, found };
}

/** Answers that were given before; who got none has none. */
function replayed(answers: ReadonlyMap<string, RecordedAnswer> | undefined): Answering {
  return async ({ id }) => answers?.get(id) ?? { text: null };
}
