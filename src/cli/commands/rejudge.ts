import { Command } from "commander";
import type { RejudgeSettings } from "../../app/study/rejudge-config.ts";
import type { System } from "../../core/ports/system.ts";
import { BUDGET_MORE, collect, otelOption, wholeNumber } from "../options.ts";

type RejudgeFlags = RejudgeSettings & { readonly json?: boolean };

/** `rejudge`: does the conclusion hold for another judge? */
export function rejudgeCommand(system: System): Command {
  return new Command("rejudge")
    .argument("<run>", "run directory")
    .requiredOption("--judge <provider:model>", "the second judge, or the JSON of its settings")
    .option("--out <dir>", "study directory (by default rejudged/MODEL in the run directory)")
    .option("--concurrency <n>", "model calls in flight (key: concurrency)", wholeNumber)
    .option("--budget-more", BUDGET_MORE)
    .addOption(otelOption())
    .option(
      "--set <key=value>",
      "a setting of the second judging: judge, budget, concurrency, statistics, models.judge; such as judge.scale=100; may be repeated",
      collect,
      [],
    )
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", EXAMPLES)
    .action((run: string, flags: RejudgeFlags) => rejudge(system, run, flags));
}

async function rejudge(system: System, path: string, flags: RejudgeFlags): Promise<void> {
  const { runRejudge } = await import("../../app/study/rejudge.ts");
  const { presentStudy } = await import("../present-study.ts");
  const { consoleWatcher } = await import("../progress.ts");
  await presentStudy(system, await runRejudge(system, path, flags, consoleWatcher(system)), flags);
}

const EXAMPLES = `
Examples:
  apm-bench rejudge runs/default --judge sim:peer              a simulated judge as good as the first
  apm-bench rejudge runs/default --judge sim:weak              one as noisy as the weakest of 13 real judges
  apm-bench rejudge runs/mine --judge openai:gpt-oss-20b --set judge.weighted=true --set budget.usd=5
  apm-bench rejudge runs/mine --judge '{"provider":"openai","model":"phi-4","baseUrl":"http://localhost:8000/v1"}'
`;
