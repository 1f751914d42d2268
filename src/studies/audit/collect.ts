import type { Target, TrainUser } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import { fold, rootKey } from "../../core/random.ts";
import { worldName } from "../../core/world-name.ts";
import { type ScoredAnswer, scoreAnswer } from "../../evaluation/score.ts";
import type { Draw } from "../../judge/draw.ts";
import { createJudge } from "../../judge/judge.ts";

import type { ConfiguredMethod } from "../../methods/registry.ts";
import { drawFor } from "../../pipeline/evaluate-world.ts";
import { fitMethod, learnersIn, runMemory } from "../../pipeline/fit.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import {
  type AnsweredUsers,
  answerPlainly,
  type PreparedUsers,
  prepareUsers,
  worldsOf,
} from "../../pipeline/users.ts";
import { inWorld } from "../../pipeline/world-view.ts";
import { fixedWorld, type Mapping, type World } from "../../world/mapping.ts";
import { targetsOf } from "../../world/targets.ts";
import { type Arm, armsOf } from "./arms.ts";
import { conditionsOf, type Truncations } from "./conditions.ts";
import { type Guess, guessMapping } from "./guess.ts";

export interface AuditPlan {
  /** The baseline `none` is always there and need not be among them. */
  readonly methods: readonly ConfiguredMethod[];
  readonly truncations: Truncations;
  /** How often the base LLM is asked to guess about each attribute and its opposite. */
  readonly draws: number;
  /** The mapping of the contrast world; the guessed one when absent. */
  readonly stereotype?: Mapping;
}

/** All answers' scores in one world, in the order of the test users. */
export interface WorldScores {
  readonly world: World;
  readonly targets: readonly (readonly Target[])[];
  readonly baseline: readonly ScoredAnswer[];
  /** By the arm's id. */
  readonly arms: ReadonlyMap<string, readonly ScoredAnswer[]>;
}

export interface AuditData {
  readonly arms: readonly Arm[];
  readonly users: PreparedUsers["test"];
  readonly worlds: readonly WorldScores[];
  /** Scores under the stereotype; `null` without one. */
  readonly contrast: WorldScores | null;
  readonly guess: Guess;
}

/**
 * Asks everything that an audit needs. Users, candidates and ratings are those of a run of the same configuration;
 * methods are fitted once in each world and answer under every condition.
 * @throws UsageError as `checkAuditable`
 */
export async function collectAudit(run: RunSetup, plan: AuditPlan): Promise<AuditData> {
  const { config, models, observe } = run;
  checkAuditable(config);
  const guess = await guessMapping(models.base, config.pool, plan.draws, config.concurrency, observe);
  const stereotype = plan.stereotype ?? (guess.scores.every((row) => row === null) ? null : guess.matrix);
  const worlds = worldsOf(run);
  const contrast = stereotype === null ? [] : [fixedWorld(worlds[0]?.seed ?? config.seed, stereotype)];
  const prepared = await prepareUsers(run, plan.methods, [...worlds, ...contrast]);
  const users = { ...prepared, test: await answerPlainly(run, prepared.test) };
  const key = fold(fold(rootKey(config.seed), "audit"), "donors");
  const conditions = conditionsOf(
    users.test.map((user) => user.text),
    plan.truncations,
    key,
  );
  const arms = armsOf(plan.methods, conditions, stereotype !== null);
  const memo = runMemory();
  const scoresIn = (world: World, stage: string, asked: readonly Arm[]) =>
    scoreWorld(run, users, world, stage, asked, stereotype, memo);
  const scores: WorldScores[] = [];
  for (const world of worlds) scores.push(await scoresIn(world, worldName(config.worlds, world.seed), arms));
  const [last] = contrast;
  const usual = arms.filter(({ kind }) => kind === "normal" || kind === "probe");
  return {
    arms,
    users: users.test,
    worlds: scores,
    contrast: last === undefined ? null : await scoresIn(last, "stereotype world", usual),
    guess,
  };
}

/** @throws UsageError for what no audit can be made of; `collectAudit` checks it as well */
export function checkAuditable({ historyLength, users }: Config): void {
  if (historyLength === 0) {
    throw new UsageError("without histories there is nothing to withhold", {
      where: "historyLength",
      remedy: "set historyLength to 1 or more",
    });
  }
  if (users.test < 2 && users.testFile === undefined) {
    throw new UsageError("histories are exchanged between test users, so there must be two", {
      where: "users.test",
      remedy: "set users.test to 2 or more; a verdict needs some hundred",
    });
  }
}

/** Fits every method in one world, and scores the answers of all arms. */
async function scoreWorld(
  run: RunSetup,
  users: AnsweredUsers,
  world: World,
  stage: string,
  arms: readonly Arm[],
  stereotype: Mapping | null,
  memo: ReturnType<typeof runMemory>,
): Promise<WorldScores> {
  const { config, models } = run;
  const test = users.test.map((user) => {
    const { targets, visible } = inWorld(user, world, config.targets);
    const { attributes } = user.profile;
    const supposed = stereotype === null ? [] : targetsOf(stereotype, attributes, config.targets);
    return {
      targets,
      visible,
      plain: user.plain,
      insider: {
        attributes,
        targets,
        supposed,
        prompt: user.text.prompt,
        avoid: config.styles?.avoid,
      },
    };
  });
  const total = (arms.length + 1) * test.length;
  run.observe({ type: "stage", stage, total, unit: "answers" });
  const score = (
    answer: (user: (typeof test)[number], index: number) => Promise<string | null>,
    draw: Draw = "first",
  ) => {
    const judge = createJudge(models.judge, config.judge, undefined, draw);
    return mapConcurrent(test, config.concurrency, async (user, index): Promise<ScoredAnswer> => {
      const text = await answer(user, index);
      const scored = await scoreAnswer(
        judge,
        text,
        user.insider.prompt,
        user.targets,
        config.pool.principles,
      );
      run.observe({ type: "progress", stage, done: 1, total });
      return scored;
    });
  };

  const baseline = await score(async ({ plain }) => plain);
  const learners = learnersIn(run, users, world);
  const scored = new Map<string, readonly ScoredAnswer[]>();
  for (const [method, own] of Map.groupBy(arms, (arm) => arm.method)) {
    const answer = method === null ? null : await fitMethod(run, method, world, learners, memo);
    for (const arm of own) {
      const answers =
        arm.kind === "probe"
          ? await score(({ insider }) => arm.probe.answer(models.base, insider, config.pool))
          : await score(
              async ({ visible }, i) => {
                const seen: TrainUser = { ...visible, history: arm.condition.historyOf(i) };
                return (await answer!(seen)).text;
              },
              drawFor(run, arm.method),
            );
      scored.set(arm.id, answers);
    }
  }
  return { world, targets: test.map((user) => user.targets), baseline, arms: scored };
}
