import { Command, Option } from "commander";
import type { RateSettings } from "../../app/study/attributes-rate.ts";
import type { StudyFlags } from "../../app/study/execute-study.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfig } from "../configuration.ts";
import { addSettingFlags, CONFIG_ARGUMENT } from "../options.ts";
import { positiveNumber } from "./flag-values.ts";

interface RateFlags extends StudyFlags, RateSettings {
  readonly model?: string;
  readonly judge?: string;
}

const SUBJECTS = ["answers", "users"] as const satisfies readonly RateSettings["of"][];

/** `attributes rate`: makes the rating matrix that `attributes select` reads. */
export function attributesRateCommand(system: System): Command {
  return addSettingFlags(
    new Command("rate")
      .description(
        "ask the judge to rate answers on candidate principles, or prompts on candidate attributes",
      )
      .argument("[config]", CONFIG_ARGUMENT),
  )
    .addOption(
      new Option("--of <what>", "rate plain answers of the base model, or the users' prompts")
        .choices(SUBJECTS)
        .default("answers"),
    )
    .option("--names <file>", "JSON list of candidate names (by default those of all shipped pools)")
    .option("--names-key <key>", "which list of the names file")
    .option("--conversations <n>", "how many conversations are rated", positiveNumber, 1000)
    .option("--out <dir>", "study directory", "runs/attributes")
    .option("--model <provider:model>", "the model that writes the answers (and judges, without --judge)")
    .option("--judge <provider:model>", "the judge, or the JSON of its settings (key: models.judge)")
    .option("--json", "print what was made as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: RateFlags) => rate(system, file, flags));
}

async function rate(system: System, file: string | undefined, flags: RateFlags): Promise<void> {
  const { rateAttributes } = await import("../../app/study/attributes-rate.ts");
  const config = await readConfig(system, file, flags);
  const { consoleWatcher } = await import("../progress.ts");
  const record = await rateAttributes(system, config, flags, consoleWatcher(system));
  if (flags.json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const { whole } = await import("../../report/format.ts");
  const { simulatedWords } = await import("../../core/simulated.ts");
  const { files, names, conversations, missing, simulated } = record;
  const users = flags.of === "users";
  system.stdout(
    `${[
      ...(simulated ? [simulatedWords(record), ""] : []),
      `${whole(conversations)} x ${names.length} ratings: ${users ? "prompts on candidate attributes" : "answers on candidate principles"}; ${whole(missing)} are missing.`,
      `wrote ${Object.values(files).join(", ")}`,
      `next:  apm-bench attributes select ${files.matrix} --names ${files.names}${users ? " --side attributes" : ""}`,
    ].join("\n")}\n`,
  );
}

const EXAMPLES = `
Examples:
  apm-bench attributes rate                                  the simulated model on the names of all pools
  apm-bench attributes rate --names candidates.json --model openai:qwen3.5-27b --judge openai:gpt-oss-120b
  apm-bench attributes rate --of users --conversations 500
`;
