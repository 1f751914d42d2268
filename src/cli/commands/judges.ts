import { Command } from "commander";
import { outputComparison } from "../../app/study/judge-scores.ts";
import { isFromSimulation } from "../../app/study/simulated-source.ts";
import type { System } from "../../core/ports/system.ts";
import { type JudgeScores, scoresFromJsonl, scoresFromNpz } from "../../studies/judge-comparison/scores.ts";
import { wholeNumber } from "../options.ts";
import { judgesRunCommand } from "./judges-run.ts";

interface CompareFlags {
  readonly out?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** `judges`: which LLM judge to trust. */
export function judgesCommand(system: System): Command {
  const command = new Command("judges").description("compare LLM judges on antonym pairs");
  command
    .command("compare")
    .description("balance and discrimination of judges whose scores lie in files; asks no model")
    .argument("<files...>", "scores: .npz with scores and pairs, or .jsonl with one conversation a line")
    .option("--out <dir>", "write tables, figures, results.json and report.html to this folder")
    .option("--seed <n>", "seed of the bootstrap and the permutations", wholeNumber, 0)
    .option("--json", "print the comparison as JSON")
    .action((files: string[], flags: CompareFlags) =>
      outputComparison(
        system,
        files.flatMap((file) => readScores(system, file)),
        { ...flags, simulated: files.some((file) => isFromSimulation(system, file)) },
      ),
    );
  return command.addCommand(judgesRunCommand(system));
}

function readScores(system: System, file: string): JudgeScores[] {
  return file.endsWith(".jsonl")
    ? scoresFromJsonl(system.readLines(file), file)
    : [scoresFromNpz(system.readFile(file), file)];
}
