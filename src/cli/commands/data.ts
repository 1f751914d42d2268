import { Command } from "commander";
import {
  importUser,
  paperConversations,
  paperRatings,
  paperResponses,
} from "../../conversations/paper-format.ts";
import { UsageError } from "../../core/errors.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import type { System } from "../../core/ports/system.ts";

interface ImportFlags {
  readonly conversations: string;
  readonly responses?: string;
  readonly ratings?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `data import`: users of the paper's own pipeline as test users of ours. */
export function dataCommand(system: System): Command {
  const command = new Command("data").description("bring in data from outside");
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
    .action((flags: ImportFlags) => importUsers(system, flags));
  return command;
}

function importUsers(system: System, flags: ImportFlags): void {
  const responses = byUser(system, flags.responses, paperResponses);
  const ratings = byUser(system, flags.ratings, paperRatings);
  const lines = system.openLines(flags.out);
  const counts = { users: 0, prompts: 0, withResponses: 0, withRatings: 0 };
  const names = new Set<string>();
  const attributes = new Map<string, number>();
  try {
    const file = flags.conversations;
    for (const source of parseJsonl(system.readLines(file), file, paperConversations)) {
      const user = importUser(source, responses.get(source.user_idx), ratings.get(source.user_idx), file);
      if (names.has(user.user)) {
        throw new UsageError(`user ${source.user_idx} stands twice`, {
          where: file,
          remedy: "leave one of the two out",
        });
      }
      names.add(user.user);
      lines.write(JSON.stringify(user));
      counts.users++;
      counts.prompts += user.prompts.length;
      if (user.candidates) counts.withResponses++;
      if (user.ratings) counts.withRatings++;
      for (const { attribute, side } of user.attributes) {
        const name = `${attribute} (${side})`;
        attributes.set(name, (attributes.get(name) ?? 0) + 1);
      }
    }
    if (counts.users === 0) {
      throw new UsageError("there is no user in this file", {
        where: file,
        remedy: "give a JSONL file with one user a line",
      });
    }
  } catch (error) {
    lines.discard();
    throw error;
  }
  lines.close();
  if (flags.json) {
    system.stdout(
      `${JSON.stringify({ out: flags.out, ...counts, attributes: Object.fromEntries(attributes) })}\n`,
    );
    return;
  }
  const shown = [...attributes].map(([name, n]) => `  ${n} × ${name}`).join("\n");
  system.stdout(
    `imported ${counts.users} users with ${counts.prompts} prompts` +
      ` (${counts.withResponses} with responses, ${counts.withRatings} with ratings):\n${shown}\n` +
      `wrote ${flags.out}; next: apm-bench run --test-users ${flags.out}\n`,
  );
}

/** Records of a file by their user; an absent file has none. */
function byUser<T extends { user_id: string }>(
  system: System,
  file: string | undefined,
  schema: Parameters<typeof parseJsonl<T>>[2],
): Map<string, T> {
  const records = new Map<string, T>();
  if (file === undefined) return records;
  for (const record of parseJsonl(system.readLines(file), file, schema)) records.set(record.user_id, record);
  return records;
}
