import { Command } from "commander";
import type { ImportedUsers, ImportSettings } from "../../app/import-users.ts";
import type { System } from "../../core/ports/system.ts";
import { freezeCommand } from "./data-freeze.ts";
import { revealCommand, verifyCommand } from "./data-hidden.ts";
import { pushCommand } from "./data-push.ts";
import { tasksCommand } from "./data-tasks.ts";

/** `data`: users and sets that come from outside or go there. `data import`: users of the paper's own pipeline as test users of ours. */
export function dataCommand(system: System): Command {
  const command = new Command("data");
  command
    .command("import")
    .description(
      "read users in the JSONL form of the paper's pipeline and write them as test users for `run --test-users`",
    )
    .requiredOption("--conversations <file>", "users with rewritten conversations (JSONL)")
    .option("--responses <file>", "answers under style instructions (JSONL)")
    .option("--ratings <file>", "scores of those answers (JSONL)")
    .option("--out <file>", "file to write", "imported-users.jsonl")
    .option("--json", "print a summary as JSON")
    .action(async (flags: ImportSettings & { json?: boolean }) => {
      const { importUsers } = await import("../../app/import-users.ts");
      const found = importUsers(system, flags);
      if (flags.json) system.stdout(`${JSON.stringify(found)}\n`);
      else system.stdout(shown(found));
    });
  command.addCommand(freezeCommand(system));
  command.addCommand(tasksCommand(system));
  command.addCommand(pushCommand(system));
  command.addCommand(revealCommand(system));
  command.addCommand(verifyCommand(system));
  return command;
}

function shown({ out, users, prompts, withResponses, withRatings, attributes }: ImportedUsers): string {
  const counts = Object.entries(attributes).map(([name, n]) => `  ${n} × ${name}`);
  return (
    `imported ${users} users with ${prompts} prompts` +
    ` (${withResponses} with responses, ${withRatings} with ratings):\n${counts.join("\n")}\n` +
    `wrote ${out}; next: apm-bench run --test-users ${out}\n`
  );
}
