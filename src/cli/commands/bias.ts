import { Command } from "commander";
import type { StudyFlags } from "../../app/study/execute-study.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfig } from "../configuration.ts";
import { addSettingFlags, CONFIG_ARGUMENT, collect } from "../options.ts";
import { aboveZero, positiveNumber } from "./flag-values.ts";

interface BiasFlags extends StudyFlags {
  readonly model: string[];
  readonly judge?: string;
  readonly users: number;
  readonly margin: number;
}

/** `bias`: why a judge that looks at one answer misleads about personalization. */
export function biasCommand(system: System): Command {
  return addSettingFlags(new Command("bias").argument("[config]", CONFIG_ARGUMENT))
    .option(
      "--model <provider:model>",
      "a base model, or the JSON of its settings; name two or more",
      collect,
      [],
    )
    .option("--judge <provider:model>", "the judge, or the JSON of its settings (key: models.judge)")
    .option("--users <n>", "how many users are answered", positiveNumber, 200)
    .option(
      "--margin <points>",
      "a change within ± this counts as none when its interval does",
      aboveZero,
      0.25,
    )
    .option("--out <dir>", "study directory", "runs/bias")
    .option("--json", "print the analysis as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: BiasFlags) => studyBias(system, file, flags));
}

async function studyBias(system: System, file: string | undefined, flags: BiasFlags): Promise<void> {
  const { modelsNamed } = await import("../../app/study/execute-study.ts");
  const { modelSpec } = await import("../../app/flag-texts.ts");
  const { runBias } = await import("../../app/study/bias.ts");
  const { presentStudy } = await import("../present-study.ts");
  const { model: specs, users, margin, ...rest } = flags;
  const [first] = specs;
  // The base model alone: rewriter and judge stay what the configuration makes them.
  const base = first === undefined ? [] : [`models.base=${asText(modelSpec(first))}`];
  const config = await readConfig(system, file, { ...rest, set: [...rest.set, ...base] });
  const { models: configured } = await readConfig(system, file, rest);
  const models = modelsNamed(specs, configured.base, "base", "--model");
  const settings = { models, users, margin };
  const { consoleWatcher } = await import("../progress.ts");
  await presentStudy(system, await runBias(system, config, settings, consoleWatcher(system)), flags);
}

const asText = (spec: unknown): string => (typeof spec === "string" ? spec : JSON.stringify(spec));

const EXAMPLES = `
Examples:
  apm-bench bias                                                 two simulated base models
  apm-bench bias --model openai:qwen3.5-27b --model openai:phi-4 --judge openai:gpt-oss-120b --users 100
  apm-bench bias --set pool=k4 --users 50
`;
