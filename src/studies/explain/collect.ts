import { type StyleLabel, styleLabels, type Target } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import { worldName } from "../../core/world-name.ts";
import { type ScoredAnswer, scoreAnswer } from "../../evaluation/score.ts";
import { createJudge } from "../../judge/judge.ts";
import { knowingJudge } from "../../judge/known.ts";
import { answerStyled } from "../../methods/answer-styled.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { type AnsweredUsers, answerPlainly, prepareUsers, worldsOf } from "../../pipeline/users.ts";
import type { World } from "../../world/mapping.ts";
import { targetsOf } from "../../world/targets.ts";
import { PROBES } from "../audit/probes.ts";
import { CELLS, type Cell, type CellStyles, chooseStyles, knownUsers, type WorldChoices } from "./plug-in.ts";
import { recogniseAttributes, type SideProbabilities } from "./recogniser.ts";
import { meanStyleRatings } from "./style-ratings.ts";

/** Ways of answering that are told what no method may know; the leakage audit asks the very same. */
export const TOLD = ["revealed", "true-target"] as const;
export type Told = (typeof TOLD)[number];

/** What the plug-in router chooses, before anything is asked. */
export interface Choices {
  readonly worlds: readonly World[];
  /** By world. */
  readonly chosen: readonly WorldChoices[];
  /** Of the test users. */
  readonly recognised: SideProbabilities;
}

/** All answers' scores in one world, in the order of the test users. */
export interface ExplainedWorld {
  readonly world: World;
  readonly targets: readonly (readonly Target[])[];
  readonly styles: CellStyles;
  readonly reach: WorldChoices["reach"];
  readonly baseline: readonly ScoredAnswer[];
  readonly cells: Readonly<Record<Cell, readonly ScoredAnswer[]>>;
  readonly told: Readonly<Record<Told, readonly ScoredAnswer[]>>;
}

export interface Explained {
  readonly users: AnsweredUsers;
  readonly recognised: SideProbabilities;
  readonly worlds: readonly ExplainedWorld[];
}

/** The users of the run, with their plain answers: all stored where the run is finished. */
export async function explainedUsers(run: RunSetup): Promise<AnsweredUsers> {
  const prepared = await prepareUsers(run, run.methods, worldsOf(run));
  return { ...prepared, test: await answerPlainly(run, prepared.test) };
}

/** Fits recogniser and mappings, and chooses the styles of all cells; asks nothing. */
export function chooseCells(run: Pick<RunSetup, "config" | "matrix">, users: AnsweredUsers): Choices {
  const { pool, activeAttributes, targets } = run.config;
  const ratings = meanStyleRatings(users.train, pool.principles.length);
  const recognised = recogniseAttributes(users.train, users.validation, users.test);
  const known = knownUsers(users, recognised, ratings, activeAttributes);
  const worlds = worldsOf(run);
  return {
    worlds,
    chosen: worlds.map((world) => chooseStyles(users, known, world, targets)),
    recognised: recognised.test,
  };
}

/** Asks for the answers of all cells and of those who are told, and scores them by the judge's first draw. */
export async function askCells(run: RunSetup, users: AnsweredUsers, choices: Choices): Promise<Explained> {
  const worlds: ExplainedWorld[] = [];
  for (const [w, world] of choices.worlds.entries()) {
    worlds.push(await askWorld(run, users, world, choices.chosen[w] as WorldChoices));
  }
  return { users, recognised: choices.recognised, worlds };
}

async function askWorld(
  run: RunSetup,
  users: AnsweredUsers,
  world: World,
  { styles, reach }: WorldChoices,
): Promise<ExplainedWorld> {
  const { config, models } = run;
  const { principles } = config.pool;
  const labels = styleLabels(principles, config.styles?.avoid);
  const targets = users.test.map(({ profile }) =>
    targetsOf(world.matrix, profile.attributes, config.targets),
  );
  const stage = worldName(config.worlds, world.seed);
  const total = (1 + CELLS.length + TOLD.length) * users.test.length;
  run.observe({ type: "stage", stage, total, unit: "answers" });
  const judge = createJudge(models.judge, config.judge);
  const testUser = (u: number) => users.test[u] as AnsweredUsers["test"][number];
  const score = (answer: (user: number) => Promise<string | null>): Promise<ScoredAnswer[]> =>
    mapConcurrent(Array.from(users.test.keys()), config.concurrency, async (u): Promise<ScoredAnswer> => {
      const asked = knowingJudge(judge, testUser(u).known, "first");
      const { prompt } = testUser(u).text;
      const scored = await scoreAnswer(asked, await answer(u), prompt, targets[u] as Target[], principles);
      run.observe({ type: "progress", stage, done: 1, total });
      return scored;
    });

  const baseline = await score(async (u) => testUser(u).plain);
  const cells = {} as Record<Cell, ScoredAnswer[]>;
  for (const cell of CELLS) {
    cells[cell] = await score(async (u) => {
      const label = labels[styles[cell][u] as number] as StyleLabel;
      return (await answerStyled(testUser(u).text, label, { base: models.base })).text;
    });
  }
  const told = {} as Record<Told, ScoredAnswer[]>;
  for (const id of TOLD) {
    const probe = PROBES.find((p) => p.id === id) as (typeof PROBES)[number];
    told[id] = await score((u) => {
      const { profile, text } = testUser(u);
      const insider = {
        attributes: profile.attributes,
        targets: targets[u] as Target[],
        supposed: [],
        prompt: text.prompt,
        avoid: config.styles?.avoid,
      };
      return probe.answer(models.base, insider, config.pool);
    });
  }
  return { world, targets, styles, reach, baseline, cells, told };
}
