import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";

/** `store`: what can be done with stored calls, without a run. */
export function storeCommand(system: System): Command {
  const command = new Command("store");
  command
    .command("merge")
    .description(
      "bring stored calls, artifacts and spending of run directories into another; of two answers to one call the first counts",
    )
    .argument("<into>", "run directory whose store takes them; made when missing")
    .argument("<from...>", "run directories, or files calls.sqlite; they are only read")
    .option("--json", "print the counts as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (into: string, from: string[], flags: { json?: boolean }) => {
      const { mergeDirectories } = await import("../../app/merge.ts");
      const summary = mergeDirectories(system, into, from);
      if (flags.json) {
        system.stdout(`${JSON.stringify(summary)}\n`);
        return;
      }
      const { shownMerge } = await import("../show-merge.ts");
      system.stdout(shownMerge(summary));
    });
  return command;
}

const EXAMPLES = `
A merge that was cut short, or is done again, brings what is missing. Spending is counted once.

Examples:
  apm-bench store merge runs/x runs/x-shard-*     before the run that writes the results
`;
