import type { UserProfile } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import type { Config } from "../core/config/resolved.ts";
import { goesByStages } from "../core/config/schedule.ts";
import { generateText } from "../core/generate-text.ts";
import { plainMessages } from "../core/prompt/prompts.ts";
import type { ConfiguredMethod } from "../methods/registry.ts";
import { checkMapping, fixedWorld, sampleWorld, type World } from "../world/mapping.ts";
import { targetsOf } from "../world/targets.ts";
import { prepareByStages, type WantedUsers } from "./by-stages.ts";
import type { RatedPrinciples } from "./complete-user.ts";
import { takeFrozen } from "./frozen-users.ts";
import { stageGauges } from "./gauges.ts";
import { prepareImported } from "./imported-users.ts";
import { prepareSplit } from "./prepare.ts";
import type { FrozenUsers, PreparedSplit, PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";

/** Everybody who takes part in a run; without a method that learns, there are no train and validation users. */
export interface PreparedUsers {
  readonly train: readonly PreparedUser[];
  readonly validation: readonly PreparedUser[];
  readonly test: readonly PreparedUser[];
}

/** A test user with the answer that every comparison is made with; `null` when the base LLM gave none. */
export interface PlainlyAnswered extends PreparedUser {
  readonly plain: string | null;
}

/** The same, once the test users' plain answers are made. */
export interface AnsweredUsers extends PreparedUsers {
  readonly test: readonly PlainlyAnswered[];
}

/** The worlds of a run: of its frozen set, from their seeds, or from the mapping file. */
export function worldsOf({
  config,
  matrix,
  frozen,
}: Pick<RunSetup, "config" | "matrix" | "frozen">): World[] {
  const k = config.pool.principles.length;
  const { kind, file, k: stacked } = config.mapping;
  return config.worlds.map(
    (seed) =>
      frozen?.worlds.find((world) => world.seed === seed) ??
      (kind === "file"
        ? fixedWorld(seed, checkMapping(matrix, k, file ?? "mapping.file"))
        : sampleWorld(seed, kind, k, stacked)),
  );
}

/** Whom a run makes, and whose candidates, for these methods. */
export function neededUsers(methods: readonly ConfiguredMethod[]): { learners: boolean; ratedTest: boolean } {
  return {
    learners: methods.some((m) => m.learns),
    ratedTest: methods.some((m) => m.implementation.kind === "oracle"),
  };
}

/** All principles, or with `judge.ratings: "targets"` those that some world weighs for the user. */
export function ratedPrinciples(
  { config }: { readonly config: Pick<Config, "pool" | "judge" | "targets"> },
  worlds: readonly World[],
): NonNullable<RatedPrinciples> {
  const all = config.pool.principles.map((_, i) => i);
  if (config.judge.ratings === "all") return () => all;
  return ({ attributes }: UserProfile) => {
    const wanted = worlds.flatMap((world) => targetsOf(world.matrix, attributes, config.targets));
    return [...new Set(wanted.map((t) => t.principle))].sort((a, b) => a - b);
  };
}

/**
 * Makes the users whom these methods need: the same requests as in any run of this configuration, so that what a store
 * holds is not asked again.
 * @param worlds all worlds of the run, even where one of them is wanted: they decide what is rated with
 *   `judge.ratings: "targets"`
 * @param learnersMade told of train and validation users, before test users are made where these come last
 */
export async function prepareUsers(
  run: RunSetup,
  methods: readonly ConfiguredMethod[],
  worlds: readonly World[],
  learnersMade: (learners: Pick<PreparedUsers, "train" | "validation">) => void = () => {},
): Promise<PreparedUsers & { readonly replaced: number }> {
  const { config } = run;
  const { learners, ratedTest } = neededUsers(methods);
  const rated = ratedPrinciples(run, worlds);
  const ratedAsTest = ratedTest ? rated : null;
  if (run.frozen !== undefined) return thawed({ ...run, frozen: run.frozen }, learners, rated, ratedAsTest);
  const wanted = { learners: learners ? rated : undefined, test: ratedAsTest };
  const { train, validation, test } = goesByStages(config)
    ? await prepareByStages(run, wanted)
    : await prepareUserByUser(run, wanted, learnersMade);
  if (goesByStages(config)) learnersMade({ train: train.users, validation: validation.users });
  return {
    train: train.users,
    validation: validation.users,
    test: test.users,
    replaced: train.replaced + validation.replaced + test.replaced,
  };
}

async function prepareUserByUser(
  run: RunSetup,
  { learners, test }: WantedUsers,
  learnersMade: (learners: Pick<PreparedUsers, "train" | "validation">) => void,
): Promise<Record<"train" | "validation" | "test", PreparedSplit>> {
  const { imported } = run;
  const { users } = run.config;
  const nobody: PreparedSplit = { users: [], replaced: 0 };
  const train = learners ? await prepareSplit(run, "train", users.train, learners) : nobody;
  const validation = learners ? await prepareSplit(run, "validation", users.validation, learners) : nobody;
  learnersMade({ train: train.users, validation: validation.users });
  const tested = imported
    ? await prepareImported(run, imported, test)
    : await prepareSplit(run, "test", users.test, test);
  return { train, validation, test: tested };
}

/** The users of a frozen set whom a run makes use of. */
async function thawed(
  run: RunSetup & { readonly frozen: FrozenUsers },
  learners: boolean,
  rated: RatedPrinciples,
  ratedAsTest: RatedPrinciples,
): Promise<PreparedUsers & { readonly replaced: number }> {
  const { replaced } = run.frozen;
  return {
    train: learners ? await takeFrozen(run, "train", rated) : [],
    validation: learners ? await takeFrozen(run, "validation", rated) : [],
    test: await takeFrozen(run, "test", ratedAsTest),
    replaced: replaced.test + (learners ? replaced.train + replaced.validation : 0),
  };
}

/** The non-personalized answer to every test user, made once: no world changes it. */
export async function answerPlainly(
  run: RunSetup,
  test: readonly PreparedUser[],
): Promise<PlainlyAnswered[]> {
  await run.enter?.(["base"]);
  const gauges = stageGauges(run, "plain answers");
  const base = gauges.model("base");
  const answered = await mapConcurrent(test, run.config.concurrency, async (user) => ({
    ...user,
    plain: await generateText(base, plainMessages(user.text.prompt)),
  }));
  gauges.end();
  return answered;
}
