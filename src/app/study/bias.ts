import { join } from "node:path";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import { markedLines, type Simulated, simulatedIn, simulatedInAny } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import { BASELINE } from "../../methods/registry.ts";
import { prepareSplit } from "../../pipeline/prepare.ts";
import { isSimulated } from "../../providers/registry.ts";
import { whole } from "../../report/format.ts";
import { RUN_FILES, writeConfig } from "../../run-folder/run-directory.ts";
import { analyseBias } from "../../studies/judge-bias/analyse.ts";
import { type BiasPlan, type BiasSample, callsOf, collectBias } from "../../studies/judge-bias/collect.ts";
import { type BiasRecord, biasOutline } from "../../studies/judge-bias/outline.ts";
import { variantsOf } from "../../studies/judge-bias/variants.ts";
import { executeInRun, modelNames, refuseRunDirectory } from "./execute-study.ts";
import { type FinishedStudy, OWN_FOLDER } from "./finished-study.ts";

export interface BiasSettings {
  /** Base models. */
  readonly models: readonly ModelConfig[];
  /** How many users are answered. */
  readonly users: number;
  /** In points: a change whose interval lies within ± this counts as none. */
  readonly margin: number;
}

/** The second base model where only the simulated one is named: it carries out half of what it is told. */
const WEAKER_SIM = { obedience: 0.4, avoidObedience: 0.3 };

/**
 * Which system prompts move which judging criterion, though they are personal to nobody.
 */
export async function runBias(
  system: System,
  given: Config,
  { models: named, users, margin }: BiasSettings,
  watcher: Watcher,
): Promise<FinishedStudy<BiasRecord>> {
  const config = usersAlone(given, users);
  const models = twoModels(named);
  refuseRunDirectory(system, config.out);
  const names = modelNames(models, "--model");
  const { samples, mark, usage } = await executeInRun(system, config, watcher, async (run, observe) => {
    writeConfig(system, config.out, config);
    const nowhere = { user: () => {}, sample: () => {} };
    const setup = { ...run.setup, observe, sink: nowhere };
    const split = await prepareSplit(setup, "test", users, null);
    const plan: BiasPlan = {
      models: models.map((model, i) => ({
        name: names[i] as string,
        model: run.models.language("base", model),
      })),
      variants: variantsOf(config.pool.principles, config.styles?.avoid),
      users: split.users,
      pool: config.pool,
      judge: run.setup.models.judge,
      settings: config.judge,
      concurrency: config.concurrency,
      key: studyKey(config),
    };
    observe({ type: "note", message: `${whole(callsOf(plan))} answers and scores are needed` });
    const samples = await collectBias(plan, observe);
    const { rewriter, judge } = run.setup.models;
    const mark = simulatedInAny([
      simulatedIn({ rewriter, judge }),
      ...plan.models.map((m) => simulatedIn({ base: m.model })),
    ]);
    return { samples, mark, usage: run.usage() };
  });
  writeSamples(system, config, samples, mark);

  const analysis = analyseBias(samples, config.pool.principles, studyKey(config), { margin });
  const { provider, model } = config.models.judge;
  const record = { ...mark, judge: `${provider}:${model}`, ...analysis, usage };
  return {
    record,
    outline: biasOutline(record, names),
    folder: config.out,
    files: OWN_FOLDER,
    also: [RUN_FILES.samples],
  };
}

/** The study's users: test users with one conversation each. What belongs to methods, worlds and histories is left out. */
function usersAlone(config: Config, users: number): Config {
  const { testFile: _, ...own } = config.users;
  return {
    ...config,
    historyLength: 0,
    users: { ...own, train: 1, validation: 1, test: users },
    conversations: { ...config.conversations, perUser: 1 },
    mapping: { kind: "signed-permutation" },
    methods: [{ id: BASELINE.id }],
  };
}

const studyKey = ({ seed }: Config) => fold(rootKey(seed), "judge-bias");

/** One simulated model is joined by a weaker one, so that the study compares two without a key or a network. */
function twoModels(models: readonly ModelConfig[]): readonly ModelConfig[] {
  const [only, ...others] = models;
  if (only === undefined || others.length > 0 || !isSimulated(only)) return models;
  return [only, { ...only, options: { ...only.options, ...WEAKER_SIM } }];
}

function writeSamples(
  system: System,
  { out }: Config,
  samples: readonly BiasSample[],
  mark: Required<Simulated>,
): void {
  const lines = markedLines(system.openLines(join(out, RUN_FILES.samples)), mark);
  for (const sample of samples) lines.write(sample);
  lines.close();
}
