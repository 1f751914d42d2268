import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { modelSpec } from "../../app/overrides.ts";
import {
  executeStudy,
  modelNames,
  modelsNamed,
  type StudyFlags,
  studyConfig,
} from "../../app/study/execute-study.ts";
import { writeStudy } from "../../app/study/write-study.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { ModelConfig } from "../../core/config/schema.ts";
import type { System } from "../../core/ports/system.ts";
import { fold, rootKey } from "../../core/random.ts";
import { prepareSplit } from "../../pipeline/prepare.ts";
import { whole } from "../../report/format.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { analyseBias } from "../../studies/judge-bias/analyse.ts";
import { type BiasPlan, type BiasSample, callsOf, collectBias } from "../../studies/judge-bias/collect.ts";
import {
  biasFigures,
  biasWords,
  changeTable,
  criterionTable,
  effectTable,
} from "../../studies/judge-bias/report.ts";
import { variantsOf } from "../../studies/judge-bias/variants.ts";
import { addSettingFlags, collect } from "../options.ts";
import { consoleWatcher } from "../progress.ts";
import { positiveNumber } from "./flag-values.ts";

interface BiasFlags extends StudyFlags {
  readonly model: string[];
  readonly judge?: string;
  readonly users: number;
  readonly margin: number;
}

/** The second base model where only the simulated one is named: it carries out half of what it is told. */
const WEAKER_SIM = { obedience: 0.4, avoidObedience: 0.3 };

/** `bias`: why a judge that looks at one answer misleads about personalization. */
export function biasCommand(system: System): Command {
  return addSettingFlags(
    new Command("bias")
      .description("which system prompts move which judging criterion, though they are personal to nobody")
      .argument("[config]", "apm.config.ts or a .json file; by default the one in this folder, if any"),
  )
    .option(
      "--model <provider:model>",
      "a base model, or the JSON of its settings; name two or more",
      collect,
      [],
    )
    .option("--judge <provider:model>", "the judge, or the JSON of its settings (key: models.judge)")
    .option("--users <n>", "how many users are answered", positiveNumber, 200)
    .option("--margin <points>", "a change within ± this counts as none when its interval does", points, 0.25)
    .option("--out <dir>", "study directory", "runs/bias")
    .option("--json", "print the analysis as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: BiasFlags) => studyBias(system, file, flags));
}

async function studyBias(system: System, file: string | undefined, flags: BiasFlags): Promise<void> {
  const { model: specs, ...rest } = flags;
  const [first] = specs;
  // The base model alone: rewriter and judge stay what the configuration makes them.
  const base = first === undefined ? [] : [`models.base=${asText(modelSpec(first))}`];
  const config = await studyConfig(system, file, { ...rest, set: [...rest.set, ...base] }, flags.users);
  const models = twoModels(await modelsNamed(system, file, rest, "base", specs));
  const names = modelNames(models, "--model");

  const { samples, simulated, usage } = await executeStudy(
    system,
    config,
    consoleWatcher(system),
    async (run, observe) => {
      const nowhere = { user: () => {}, sample: () => {} };
      const split = await prepareSplit(
        { ...run.context, observe, sink: nowhere },
        [],
        "test",
        flags.users,
        false,
      );
      const plan: BiasPlan = {
        models: models.map((model, i) => ({ name: names[i] as string, model: run.model("base", model) })),
        variants: variantsOf(config.pool.principles),
        users: split.users,
        pool: config.pool,
        judge: run.context.models.judge,
        settings: config.judge,
        concurrency: config.concurrency,
        key: studyKey(config),
      };
      observe({ type: "note", message: `${whole(callsOf(plan))} answers and scores are needed` });
      const samples = await collectBias(plan, observe);
      const { rewriter, judge } = run.context.models;
      const simulated = [rewriter, judge, ...plan.models.map((m) => m.model)].some((m) => m.simulated);
      return { samples, simulated, usage: run.usage() };
    },
  );
  writeSamples(system, config, samples);

  const analysis = analyseBias(samples, config.pool.principles, studyKey(config), {
    margin: flags.margin,
    ...config.statistics,
  });
  const { provider, model } = config.models.judge;
  const record = { simulated, judge: `${provider}:${model}`, ...analysis, usage };
  const words = biasWords(analysis);
  await writeStudy(system, config.out, record, {
    title: "What does a judge reward who looks at one answer?",
    subtitle: `Judge ${record.judge}; base ${names.join(", ")}; ${whole(analysis.users)} users.`,
    simulated,
    words,
    tables: [criterionTable(analysis), changeTable(analysis), effectTable(analysis)],
    figures: await biasFigures(analysis),
  });
  if (flags.json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const parts = [
    ...(simulated ? [SIMULATED] : []),
    textTable(criterionTable(analysis)),
    words.join("\n"),
    `wrote ${config.out} (${RUN_FILES.report}, ${RUN_FILES.samples}, tables, figures)`,
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
}

const asText = (spec: unknown): string => (typeof spec === "string" ? spec : JSON.stringify(spec));
const studyKey = ({ seed }: Config) => fold(rootKey(seed), "judge-bias");

/** One simulated model is joined by a weaker one, so that the study compares two without a key or a network. */
function twoModels(models: readonly ModelConfig[]): readonly ModelConfig[] {
  const [only, ...others] = models;
  if (only === undefined || others.length > 0 || only.provider !== "sim") return models;
  return [only, { ...only, options: { ...only.options, ...WEAKER_SIM } }];
}

function writeSamples(system: System, { out }: Config, samples: readonly BiasSample[]): void {
  const lines = system.openLines(join(out, RUN_FILES.samples));
  for (const sample of samples) lines.write(JSON.stringify(sample));
  lines.close();
}

function points(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("write a number above 0.");
  return value;
}

const EXAMPLES = `
Examples:
  apm-bench bias                                                 two simulated base models
  apm-bench bias --model openai:qwen3.5-27b --model openai:phi-4 --judge openai:gpt-oss-120b --users 100
  apm-bench bias --set pool=k4 --users 50
`;
