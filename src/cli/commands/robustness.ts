import { Command } from "commander";
import type { ConfigFlags } from "../../app/overrides.ts";
import type { System } from "../../core/ports/system.ts";
import { readConfigOfRun } from "../configuration.ts";
import { addConfigFlags, CONFIG_OR_RUN, wholeNumber } from "../options.ts";
import { positiveNumber } from "./flag-values.ts";

interface RobustnessFlags extends ConfigFlags {
  readonly mmluPro?: string;
  readonly truthfulqa?: string;
  readonly bbq?: string;
  readonly questions?: number;
  readonly world?: number;
  readonly json?: boolean;
}

/** `robustness`: what personalization costs in knowledge, truthfulness and fairness. */
export function robustnessCommand(system: System): Command {
  return addConfigFlags(new Command("robustness").argument("[config-or-run]", CONFIG_OR_RUN))
    .option("--mmlu-pro <source>", "questions of MMLU-Pro: files, hf:TIGER-Lab/MMLU-Pro, or builtin")
    .option(
      "--truthfulqa <source>",
      "questions of TruthfulQA (MC1): files, hf:truthfulqa/truthful_qa, or builtin",
    )
    .option("--bbq <source>", "questions of BBQ: files, hf:Elfsong/BBQ, or builtin")
    .option("--questions <n>", "at most so many questions a set, drawn by the seed", positiveNumber)
    .option(
      "--world <n>",
      "the world that methods are fitted in, by its place or its seed (by default the first)",
      wholeNumber,
    )
    .option("--json", "print the record as JSON")
    .addHelpText("after", EXAMPLES)
    .action((target: string | undefined, flags: RobustnessFlags) => study(system, target, flags));
}

async function study(system: System, target: string | undefined, flags: RobustnessFlags): Promise<void> {
  const { runRobustness } = await import("../../app/study/robustness.ts");
  const { presentStudy } = await import("../present-study.ts");
  const config = await readConfigOfRun(system, target, flags);
  const { mmluPro, truthfulqa, bbq, questions, world } = flags;
  const settings = { sources: { "mmlu-pro": mmluPro, truthfulqa, bbq }, questions, world };
  const { consoleWatcher } = await import("../progress.ts");
  await presentStudy(system, await runRobustness(system, config, settings, consoleWatcher(system)), flags);
}

const EXAMPLES = `
Without a source, the package's own small sets in the same form are asked: they show how the study works.

Examples:
  apm-bench robustness                                   the embedded default, no key, no network
  apm-bench robustness runs/mine --mmlu-pro hf:TIGER-Lab/MMLU-Pro --truthfulqa hf:truthfulqa/truthful_qa \\
    --bbq hf:Elfsong/BBQ --questions 1000
  apm-bench robustness apm.config.ts --bbq Age.jsonl,Religion.jsonl --methods routing,rag-exemplar
`;
