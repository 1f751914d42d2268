import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";
import { wholeNumber } from "../options.ts";
import { judgesRunCommand } from "./judges-run.ts";

interface CompareFlags {
  readonly out?: string;
  readonly seed: number;
  readonly json?: boolean;
}

/** `judges`: which LLM judge to trust. */
export function judgesCommand(system: System): Command {
  const command = new Command("judges");
  command
    .command("compare")
    .description("balance and discrimination of judges whose scores lie in files; asks no model")
    .argument("<files...>", "scores: .npz with scores and pairs, or .jsonl with one conversation a line")
    .option("--out <dir>", "write tables, figures, results.json and report.html to this folder")
    .option("--seed <n>", "seed of the bootstrap and the permutations", wholeNumber, 0)
    .option("--json", "print the comparison as JSON")
    .action(async (files: string[], flags: CompareFlags) => {
      const { compareJudgeFiles } = await import("../../app/study/judges.ts");
      const { presentStudy } = await import("../present-study.ts");
      await presentStudy(system, compareJudgeFiles(system, files, flags.seed, flags.out), flags);
    });
  return command.addCommand(judgesRunCommand(system));
}
