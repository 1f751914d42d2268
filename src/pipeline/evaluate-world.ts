import type { StyleLabel } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { directionOf } from "../core/rating-scale.ts";
import type { Sample } from "../core/run-record.ts";
import { worldName } from "../core/world-name.ts";
import { type ScoredAnswer, scoreAnswer } from "../evaluation/score.ts";
import { createJudge } from "../judge/judge.ts";
import type { Answer, MethodContext } from "../methods/method.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { World } from "../world/mapping.ts";
import type { RunContext } from "./context.ts";
import { fitMethod, learnersIn, plainAnswers } from "./fit.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";
import type { PreparedUsers } from "./users.ts";
import { inWorld, type WorldUser } from "./world-view.ts";

/** Rewards of the test users in one world, in their order. */
export interface WorldOutcome {
  readonly world: World;
  readonly targets: readonly WorldUser["targets"][];
  readonly baseline: readonly (number | null)[];
  /** By method, in the run's order. */
  readonly methods: readonly (readonly (number | null)[])[];
  /** The chosen style of each answer, by method; `undefined` where none was chosen. */
  readonly labels: readonly (readonly (StyleLabel | undefined)[])[];
}

/** Fits every method on the train users of one world and scores its answers to the test users. */
export async function evaluateWorld(
  run: RunContext,
  methods: readonly ConfiguredMethod[],
  users: PreparedUsers,
  world: World,
  memo: MethodContext["memo"],
): Promise<WorldOutcome> {
  const { config } = run;
  const test = users.test.map((u) => inWorld(u, world, config.targets));
  const learners = learnersIn(run, users, world);
  const stage = worldName(config.worlds, world.seed);
  run.observe({ type: "stage", stage, total: (methods.length + 1) * test.length });
  const score = async (
    answer: (user: WorldUser) => Promise<Answer>,
    gauges: StageGauges,
  ): Promise<Scored[]> => {
    const judge = createJudge(run.models.judge, config.judge, gauges.of("judge"));
    const all = await mapConcurrent(test, config.concurrency, async (user) => {
      const given = await answer(user);
      const scored = await scoreAnswer(judge, given.text, user.targets, config.pool.principles);
      run.observe({ type: "progress", stage, done: 1, total: (methods.length + 1) * test.length });
      return { ...given, ...scored };
    });
    gauges.end();
    return all;
  };

  const plainGauges = stageGauges(run, `${stage}, plain answers`);
  const plain = await plainAnswers(gauged(run, plainGauges), world, memo);
  const baseline = await score(({ visible }) => plain(visible), plainGauges);
  const rewards: (number | null)[][] = [];
  const chosen: (StyleLabel | undefined)[][] = [];
  for (const method of methods) {
    const { name } = method;
    const gauges = stageGauges(run, `${stage}, ${name}`);
    const answer = await fitMethod(gauged(run, gauges), method, world, learners, memo);
    const scored = await score(({ visible }) => answer(visible), gauges);
    for (const [i, user] of test.entries()) {
      run.sink.sample(
        sampleOf(world, name, user, scored[i] as Scored, baseline[i] as Scored, config.pool.principles),
      );
    }
    rewards.push(scored.map((s) => s.reward));
    chosen.push(scored.map((s) => s.label));
  }
  return {
    world,
    targets: test.map((u) => u.targets),
    baseline: baseline.map((b) => b.reward),
    methods: rewards,
    labels: chosen,
  };
}

/** The same run, the base LLM's answers gauged. */
function gauged(run: RunContext, gauges: StageGauges): RunContext {
  return { ...run, models: { ...run.models, base: gauges.model("base") } };
}

type Scored = Answer & ScoredAnswer;

function sampleOf(
  world: World,
  method: string,
  user: WorldUser,
  scored: Scored,
  baseline: Scored,
  principles: readonly string[],
): Sample {
  const difference =
    scored.reward === null || baseline.reward === null ? null : scored.reward - baseline.reward;
  return {
    world: world.seed,
    method,
    user: user.visible.id,
    ...(scored.label === undefined ? {} : { label: scored.label }),
    answer: scored.text,
    scores: user.targets.map((t, i) => ({
      principle: principles[t.principle] as string,
      direction: directionOf(t.sign),
      weight: t.weight,
      score: scored.scores[i] ?? null,
    })),
    reward: scored.reward,
    baselineReward: baseline.reward,
    difference,
  };
}
