import { Command } from "commander";
import type { EmbedSettings } from "../../app/adapters.ts";
import type { System } from "../../core/ports/system.ts";

/** `adapters`: what prompt optimization has trained, for other servers. */
export function adaptersCommand(system: System): Command {
  const command = new Command("adapters");
  command
    .command("prompt-embeds")
    .description(
      "write each user's whole prompt as embeddings, soft prompt first: what vLLM takes as `prompt_embeds`",
    )
    .argument("<adapter>", "an adapter's folder: <run>/adapters/<method>/world-<seed>")
    .requiredOption("--users <file>", "users with history and prompt (JSONL), such as a run's users.jsonl")
    .requiredOption("--out <dir>", "folder to write to")
    .option("--base <folder>", "the checkpoint that was adapted; as named in the adapter when not given")
    .option(
      "--embedder <model>",
      "provider:model or its settings as JSON; as named in the adapter when not given",
    )
    .option("--json", "print a summary as JSON")
    .action(async (folder: string, flags: EmbedSettings & { json?: boolean }) => {
      const { writePromptEmbeddings } = await import("../../app/adapters.ts");
      const made = await writePromptEmbeddings(system, folder, flags);
      system.stdout(
        flags.json
          ? `${JSON.stringify(made)}\n`
          : `${made.users} prompts (${made.rows} rows of ${made.hiddenSize}) written to ${made.out}; ` +
              "docs/prompt-optimization.md says how to send them\n",
      );
    });
  return command;
}
