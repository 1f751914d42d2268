import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";

/** `data tasks`: what a method may see, for methods that are written elsewhere. */
export function tasksCommand(system: System): Command {
  return new Command("tasks")
    .description(
      "write what a method may see (train users with rewards by world, test users without) as JSONL; asks no model",
    )
    .argument("<run-or-set>", "run directory, folder of a frozen set, or hf:OWNER/NAME")
    .requiredOption("--out <file>", "file to write")
    .option("--json", "print a summary as JSON")
    .action(async (source: string, flags: { out: string; json?: boolean }) => {
      const { writeTasks } = await import("../../app/bundle/tasks.ts");
      const { consoleWatcher } = await import("../progress.ts");
      const written = await writeTasks(system, source, flags.out, consoleWatcher(system));
      if (flags.json) {
        system.stdout(`${JSON.stringify(written)}\n`);
        return;
      }
      const { users, worlds, simulated } = written;
      system.stdout(
        `${simulated.length === 0 ? "" : `SIMULATED: ${simulated.join(", ")}\n`}` +
          `wrote ${users.train} train, ${users.validation} validation and ${users.test} test users in ${worlds} ${worlds === 1 ? "world" : "worlds"} to ${written.out}\n` +
          "next: answer every test user in every world, then apm-bench score answers.jsonl --bundle SET\n",
      );
    });
}
