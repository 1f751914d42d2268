import { Command, InvalidArgumentError } from "commander";
import type { StudyFlags } from "../../app/study/execute-study.ts";
import type { AntonymPair } from "../../app/study/judges.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfig } from "../configuration.ts";
import { addSettingFlags, CONFIG_ARGUMENT, collect } from "../options.ts";
import { positiveNumber } from "./flag-values.ts";

interface RunFlags extends StudyFlags {
  readonly model?: string;
  readonly judge: string[];
  readonly conversations: number;
  readonly pair: AntonymPair[];
  readonly allPairs?: boolean;
}

/** `judges run`: asks judges for the scores that `judges compare` reads, and compares them. */
export function judgesRunCommand(system: System): Command {
  return addSettingFlags(
    new Command("run")
      .description("ask judges to rate plain answers on antonym pairs, and compare them")
      .argument("[config]", CONFIG_ARGUMENT),
  )
    .option("--out <dir>", "study directory", "runs/judges")
    .option("--judge <provider:model>", "a judge, or the JSON of its settings; may be repeated", collect, [])
    .option("--model <provider:model>", "the model that writes the answers (and judges, without --judge)")
    .option("--conversations <n>", "how many answers are rated", positiveNumber, 160)
    .option(
      "--pair <a/b>",
      "a pair of antonyms, such as warm/cold; may be repeated (by default the paper's six)",
      (text: string, before: AntonymPair[]) => [...before, pairOf(text)],
      [],
    )
    .option("--all-pairs", "all pairs of the catalog")
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string | undefined, flags: RunFlags) => runJudges(system, file, flags));
}

async function runJudges(system: System, file: string | undefined, flags: RunFlags): Promise<void> {
  const { modelsNamed } = await import("../../app/study/execute-study.ts");
  const study = await import("../../app/study/judges.ts");
  const { presentStudy } = await import("../present-study.ts");
  const { judge: specs, pair: pairs, conversations, allPairs = false, ...base } = flags;
  const config = await readConfig(system, file, base);
  const judges = modelsNamed(specs, config.models.judge, "judge", "--judge");
  const settings = { judges, conversations, pairs, allPairs };
  const { consoleWatcher } = await import("../progress.ts");
  await presentStudy(system, await study.runJudges(system, config, settings, consoleWatcher(system)), flags);
}

function pairOf(text: string): AntonymPair {
  const words = text.split("/").map((word) => word.trim());
  const [a, b] = words;
  if (words.length !== 2 || !a || !b || a === b) {
    throw new InvalidArgumentError("write two different words, such as warm/cold.");
  }
  return [a, b];
}

const EXAMPLES = `
Examples:
  apm-bench judges run                                       the simulated judge
  apm-bench judges run --judge openai:gpt-oss-120b --judge openai:qwen3.5-27b
  apm-bench judges run --judge '{"provider": "openai", "model": "phi-4", "baseUrl": "http://localhost:8000/v1"}'
`;
