import { Command } from "commander";
import type { ScoreSettings } from "../../app/bundle/score.ts";
import type { System } from "../../core/ports/system.ts";
import { BUDGET_MORE, collect, wholeNumber } from "../options.ts";
import { isoDate } from "./flag-values.ts";

interface ScoreFlags extends ScoreSettings {
  readonly estimate?: boolean;
  readonly json?: boolean;
}

/** `score`: answers that came as a file, beside the methods of a frozen set. */
export function scoreCommand(system: System): Command {
  return new Command("score")
    .argument("<answers>", "answers to the tasks of `data tasks` (JSONL)")
    .requiredOption("--bundle <source>", "the frozen set that they answer: a folder, or hf:OWNER/NAME")
    .option("--name <name>", "what the method is called in tables", "answers")
    .option("--out <dir>", "directory of the results (by default runs/score-NAME)")
    .option("--received <date>", "the day on which the answers came (by default today)", isoDate)
    .option("--estimate", "say what the judge would be asked, and ask nothing")
    .option("--judge <provider:model>", "another judge than the set's; needs --other-judge")
    .option("--other-judge", "let another judge than the set's score all answers")
    .option("--concurrency <n>", "model calls in flight (key: concurrency)", wholeNumber)
    .option("--budget-more", BUDGET_MORE)
    .option(
      "--set <key=value>",
      "a setting of the judging, such as models.judge.baseUrl=http://localhost:8000/v1; may be repeated",
      collect,
      [],
    )
    .option("--json", "print the run record (or the estimate) as JSON")
    .addHelpText("after", EXAMPLES)
    .action((file: string, flags: ScoreFlags) => score(system, file, flags));
}

async function score(system: System, file: string, flags: ScoreFlags): Promise<void> {
  const { scoringWords, showScoringEstimate } = await import("../show-scoring.ts");
  if (flags.estimate) {
    await showScoringEstimate(system, file, flags);
    return;
  }
  const { openScoring, readScoring } = await import("../../app/bundle/score.ts");
  const scoring = await readScoring(system, file, flags);
  const { missing, ready } = scoring;
  system.stderr(`${scoringWords(scoring)}\n`);
  if (missing > 0) system.stderr(`${missing} answers are missing, which counts\n`);
  const { executeRun } = await import("../../app/execute-run.ts");
  const { refuseOtherConfig } = await import("../../app/other-run.ts");
  const { consoleWatcher } = await import("../progress.ts");
  refuseOtherConfig(system, ready.config);
  const { results, storedCalls } = await executeRun(
    system,
    openScoring(system, scoring),
    consoleWatcher(system),
  );
  const { presentRun } = await import("../present-run.ts");
  presentRun(system, results, ready.config.out, storedCalls, flags);
}

const EXAMPLES = `
Examples:
  apm-bench data tasks set.apm --out tasks.jsonl
  apm-bench score answers.jsonl --bundle set.apm --estimate
  apm-bench score answers.jsonl --bundle set.apm --name "my method"
`;
