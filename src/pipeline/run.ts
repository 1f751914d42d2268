import { shownAttributes } from "../core/artifacts.ts";
import { answerMethods, answerModels } from "../core/config/answer-settings.ts";
import type { Config } from "../core/config/resolved.ts";
import { ApmError } from "../core/errors.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { promptFingerprints } from "../core/prompt/prompts.ts";
import {
  type ModelRecord,
  RESULTS_SCHEMA,
  type ResultConfig,
  type Results,
  type UserRecord,
} from "../core/run-record.ts";
import { simulatedIn } from "../core/simulated.ts";
import { heldRecord } from "../judge/held-record.ts";
import { countMissing } from "../ratings/rating-matrix.ts";
import { mean } from "../statistics/descriptive.ts";
import { endingTally } from "./endings.ts";
import { drawFor, evaluateWorlds, type WorldOutcome } from "./evaluate-world.ts";
import { layDown, runMemory } from "./fit.ts";
import { fitsAhead } from "./fit-ahead.ts";
import { heedWarning } from "./heed.ts";
import type { RunSetup } from "./run-setup.ts";
import { summariseMethods } from "./summarise.ts";
import { summarisePairs } from "./summarise-pairs.ts";
import { answerPlainly, type PlainlyAnswered, prepareUsers, worldsOf } from "./users.ts";
import { weighingTally } from "./weighing.ts";

/** The results of a run but for its usage, which the models' decorators count. */
export type RunOutcome = Omit<Results, "usage" | "version" | "submission">;

/**
 * The whole benchmark: users once, then every method in every world, then the figures. All model calls go through the
 * set-up's models, so whatever these store is never asked again.
 */
export async function runBenchmark(setup: RunSetup): Promise<RunOutcome> {
  const weighing = weighingTally();
  const endings = endingTally();
  const run: RunSetup = { ...setup, weighed: weighing.add, ended: endings.add };
  const { config, methods } = run;
  const worlds = worldsOf(run);
  const { replaced, ...prepared } = await prepareUsers(run, methods, worlds, (learners) =>
    run.crew?.fitAhead(fitsAhead(run, methods, learners, worlds)),
  );
  const users = { ...prepared, test: await answerPlainly(run, prepared.test) };
  for (const user of users.test) run.sink.user(userRecord(config, user));
  const warning = heedWarning([...users.train, ...users.validation, ...users.test], run.models.candidate.id);
  if (warning !== undefined) run.observe({ type: "note", message: warning });

  const memo = runMemory();
  await layDown(run, methods, users, worlds, memo);
  const outcomes = await evaluateWorlds(run, methods, users, worlds, memo);

  refuseNothing(run, outcomes);
  const everybody = [...users.train, ...users.validation, ...users.test];
  const baselineByWorld = outcomes.map((o) => mean(o.baseline.filter((r) => r !== null)));
  return {
    schema: RESULTS_SCHEMA,
    ...simulatedIn({ ...run.models, embedder: run.embedder }),
    config: resultConfig(config),
    models: modelRecords(run),
    prompts: promptFingerprints(),
    worlds,
    users: {
      train: users.train.length,
      validation: users.validation.length,
      test: users.test.length,
      replaced,
      ...endings.record(),
      ...(config.users.testFile === undefined ? {} : { imported: config.users.testFile }),
    },
    ratings: {
      asked: everybody.reduce((n, u) => n + u.candidates.length * u.columns.length, 0),
      missing: everybody.reduce((n, u) => n + countMissing(u.ratings, u.columns), 0),
    },
    ...weighing.record(),
    baseline: { meanReward: mean(baselineByWorld.filter((r) => r !== null)) },
    methods: summariseMethods(
      config,
      methods,
      outcomes,
      users.test.map((u) => u.profile.attributes),
    ).map((result, m) =>
      methods[m]?.role === "oracle" ? { ...result, draw: drawFor(run, methods[m]) } : result,
    ),
    pairs: summarisePairs(methods, outcomes),
  };
}

/** Nothing was measured: a table of dashes would say less than this does. */
function refuseNothing({ models }: RunSetup, outcomes: readonly WorldOutcome[]): void {
  if (outcomes.some((o) => [o.baseline, ...o.methods].some((rewards) => rewards.some((r) => r !== null))))
    return;
  throw new ApmError("the run has no reward at all: no answer of any method was scored", {
    where: `judge ${models.judge.id}`,
    remedy:
      "see with `apm-bench doctor` what the models answer; what was answered is stored, and the same command goes on",
  });
}

function modelRecords({ models, config }: RunSetup): Results["models"] {
  const record = ({ id, identity, systemMessage }: LanguageModel): ModelRecord => ({
    id,
    identity,
    ...(systemMessage?.() === "merge" ? { systemMessage: "merge" } : {}),
  });
  return {
    base: record(models.base),
    candidate: record(models.candidate),
    rewriter: record(models.rewriter),
    judge: { ...record(models.judge), ...heldRecord(models.judge, config.judge) },
  };
}

/** What decides the results, without what only decides how they are obtained: equal settings, equal bytes. */
export function resultConfig(config: Config): ResultConfig {
  const {
    out: _out,
    concurrency: _concurrency,
    schedule: _schedule,
    threads: _threads,
    budget: _budget,
    ...decides
  } = config;
  const { models, methods, bundle, ...rest } = decides;
  const decided = { ...rest, models: answerModels(models), methods: answerMethods(methods) };
  if (bundle === undefined) return decided;
  const { source: _source, ...which } = bundle;
  return { ...decided, bundle: which };
}

/** A test user's record, with the non-personalized answer that all methods are compared with. */
function userRecord({ pool }: Config, { profile, text, plain }: PlainlyAnswered): UserRecord {
  const attributes = shownAttributes(pool, profile.attributes);
  return { user: profile.id, attributes, history: text.history, prompt: text.prompt, baseline: plain };
}
