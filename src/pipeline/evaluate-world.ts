import { type StyleLabel, styleLabels } from "../core/artifacts.ts";
import type { ClassifierRecord } from "../core/classifier-record.ts";
import { goesByStages } from "../core/config/schedule.ts";
import { directionOf } from "../core/rating-scale.ts";
import type { Sample } from "../core/run-record.ts";
import { worldName } from "../core/world-name.ts";
import { type Draw, drawOfChosen } from "../judge/draw.ts";
import type { Answer, MethodContext } from "../methods/method.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import type { World } from "../world/mapping.ts";
import { answering, answerWorld, type Found, type WorldAnswers } from "./answer-world.ts";
import { withTest } from "./classifiers.ts";
import { learnersIn } from "./fit.ts";
import { type StageGauges, stageGauges } from "./gauges.ts";
import { rankingAccuracy } from "./rankings.ts";
import type { RunSetup } from "./run-setup.ts";
import { type SayOf, type Scored, scoreAnswers, testedIn } from "./score-answers.ts";
import type { AnsweredUsers } from "./users.ts";
import type { WorldUser } from "./world-view.ts";

/** Rewards of the test users in one world, in their order. */
export interface WorldOutcome {
  readonly world: World;
  readonly targets: readonly WorldUser["targets"][];
  readonly baseline: readonly (number | null)[];
  /** By method, in the run's order. */
  readonly methods: readonly (readonly (number | null)[])[];
  /** The chosen style of each answer, by method; `undefined` where none was chosen. */
  readonly labels: readonly (readonly (StyleLabel | undefined)[])[];
  /** By method and user, how well the method ordered the user's rated candidates. */
  readonly rankings?: readonly (readonly (number | null)[])[];
  /** By method, what fitting found. */
  readonly learned?: readonly Found["learned"][];
  /** By method, how its classifier of styles was fitted, where it has one. */
  readonly classifiers?: readonly (ClassifierRecord | undefined)[];
}

/**
 * Every method in every world. By stages, all methods answer in all worlds before anything is judged: the answers are
 * held until then.
 */
export async function evaluateWorlds(
  run: RunSetup,
  methods: readonly ConfiguredMethod[],
  users: AnsweredUsers,
  worlds: readonly World[],
  memo: MethodContext["memo"],
): Promise<WorldOutcome[]> {
  const given: WorldAnswers[] = [];
  if (goesByStages(run.config)) {
    await run.enter?.(["base", "embedder"]);
    for (const world of worlds) given.push(await answerWorld(run, methods, users, world, memo));
    await run.enter?.(["judge"]);
  }
  const outcomes: WorldOutcome[] = [];
  for (const [w, world] of worlds.entries())
    outcomes.push(await evaluateWorld(run, methods, users, world, memo, given[w]));
  return outcomes;
}

/**
 * Fits every method on the train users of one world and scores its answers to the test users.
 * @param given answers of `answerWorld`, where they are made already
 */
export async function evaluateWorld(
  run: RunSetup,
  methods: readonly ConfiguredMethod[],
  users: AnsweredUsers,
  world: World,
  memo: MethodContext["memo"],
  given?: WorldAnswers,
): Promise<WorldOutcome> {
  const { config } = run;
  const test = users.test.map((user) => testedIn(run, world, user));
  const learners = given === undefined ? learnersIn(run, users, world) : undefined;
  const stage = worldName(config.worlds, world.seed);
  const scored = methods.filter((method) => method.role !== "baseline").length + 1;
  const total = scored * test.length;
  run.observe({ type: "stage", stage, total, unit: "answers" });
  const score = (answer: SayOf, gauges: StageGauges, draw: Draw): Promise<Scored[]> =>
    scoreAnswers(run, test, answer, gauges, draw, () =>
      run.observe({ type: "progress", stage, done: 1, total }),
    );

  const baseline = await score(
    ({ plain }) => ({ text: plain }),
    stageGauges(run, `${stage}, plain answers`),
    "first",
  );
  const found: Found[] = methods.map(() => ({}));
  const answered = async (method: ConfiguredMethod, m: number): Promise<Scored[]> => {
    const gauges = stageGauges(run, `${stage}, ${method.name}`);
    const draw = drawFor(run, method);
    if (learners === undefined) {
      const { answers = [], found: before = {} } = given?.[m] ?? {};
      found[m] = before;
      return score((_user, i) => answers[i] as Answer, gauges, draw);
    }
    const { answer, found: now } = await answering(
      run,
      gauges,
      method,
      world,
      learners,
      memo,
      test.map(({ visible }) => visible),
    );
    found[m] = now;
    return score(({ visible }) => answer(visible), gauges, draw);
  };
  const rewards: (number | null)[][] = [];
  const chosen: (StyleLabel | undefined)[][] = [];
  const rankings: (number | null)[][] = [];
  const labels = styleLabels(config.pool.principles);
  for (const [m, method] of methods.entries()) {
    const { name } = method;
    const scored = method.role === "baseline" ? baseline : await answered(method, m);
    for (const [i, user] of test.entries()) {
      run.sink.sample(
        sampleOf(world, name, user, scored[i] as Scored, baseline[i] as Scored, config.pool.principles),
      );
    }
    rewards.push(scored.map((s) => s.reward));
    chosen.push(scored.map((s) => s.label));
    rankings.push(scored.map((s, i) => rankingAccuracy(s.predicted, labels, (test[i] as WorldUser).visible)));
  }
  return {
    world,
    targets: test.map((u) => u.targets),
    baseline: baseline.map((b) => b.reward),
    methods: rewards,
    labels: chosen,
    rankings,
    learned: found.map(({ learned }) => learned),
    classifiers: found.map(
      ({ classified }, m) => classified && withTest(classified, chosen[m] ?? [], test, labels),
    ),
  };
}

/** The oracle has chosen by ratings of the judge's first draw. */
export function drawFor({ models, config }: RunSetup, { role }: Pick<ConfiguredMethod, "role">): Draw {
  return role === "oracle" ? drawOfChosen(models.judge, config.judge) : "first";
}

/** Six digits tell any two predictions apart that matter. */
const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(6));

/** A style as it is recorded: how its instruction is worded stands in the configuration. */
const nameOfStyle = ({ principle, direction }: StyleLabel): StyleLabel => ({ principle, direction });

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
    ...(scored.label === undefined ? {} : { label: nameOfStyle(scored.label) }),
    ...(scored.predicted === undefined ? {} : { predicted: scored.predicted.map(rounded) }),
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
