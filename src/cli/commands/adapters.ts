import { join, resolve } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { modelSpec } from "../../app/overrides.ts";
import { createProviders } from "../../app/providers.ts";
import { completeConfig } from "../../app/resolve.ts";
import { parseUserConfig } from "../../core/config/load.ts";
import { UsageError } from "../../core/errors.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import type { EmbeddingModel } from "../../core/ports/embedding-model.ts";
import type { System } from "../../core/ports/system.ts";
import { promptEmbeddings } from "../../methods/prompt-optimization/prompt-embeddings.ts";
import { torchFile } from "../../neural/checkpoint/torch-file.ts";
import { adapterBase, type LoadedAdapter, readAdapter } from "../../neural/training/adapter-files.ts";
import { usageMeter } from "../../providers/decorators/metered.ts";
import { openCheckpoint } from "../../providers/local/checkpoint.ts";
import { checkpointFolder } from "../../providers/local/folder.ts";
import { memoryStore } from "../../store/memory.ts";

interface EmbedFlags {
  readonly base?: string;
  readonly users: string;
  readonly embedder?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** A line of a users file; the `users.jsonl` of a run has these keys, too. */
const userSchema = z.object({
  user: z.string().min(1),
  history: z.array(z.string()),
  prompt: z.string().min(1),
});

/** `adapters`: what prompt optimization has trained, for other servers. */
export function adaptersCommand(system: System): Command {
  const command = new Command("adapters").description(
    "use the adapters that prompt optimization has trained",
  );
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
    .action((folder: string, flags: EmbedFlags) => writePromptEmbeddings(system, folder, flags));
  return command;
}

async function writePromptEmbeddings(system: System, folder: string, flags: EmbedFlags): Promise<void> {
  const { base } = flags;
  const users = [...parseJsonl(system.readLines(flags.users), flags.users, userSchema)];
  const path = resolve(system.cwd, folder);
  const named = base ?? adapterBase(path);
  const checkpoint = openCheckpoint(checkpointFolder(named, system.cwd), 0);
  const loaded = readAdapter(path, checkpoint.config);
  if (loaded.origin.base.fingerprint !== checkpoint.fingerprint) {
    throw new UsageError("the adapter was trained on another checkpoint", {
      where: named,
      remedy: `give the one it was trained on with --base: ${loaded.origin.base.name}, every file as it was`,
    });
  }
  const embedder = embedderOf(system, loaded, flags.embedder);
  const lines = system.openLines(join(flags.out, "prompts.jsonl"));
  let rows = 0;
  for (const [i, user] of users.entries()) {
    const tensor = await promptEmbeddings({ ...user, id: user.user }, loaded, checkpoint, embedder);
    const file = `${String(i).padStart(5, "0")}.pt`;
    system.writeFile(join(flags.out, file), torchFile(tensor));
    const softTokens = loaded.spec.softTokens;
    lines.write(JSON.stringify({ user: user.user, file, shape: tensor.shape, softTokens }));
    rows += tensor.shape[0] as number;
  }
  lines.close();
  const summary = { users: users.length, rows, hiddenSize: checkpoint.config.hiddenSize, out: flags.out };
  system.stdout(
    flags.json
      ? `${JSON.stringify(summary)}\n`
      : `${users.length} prompts (${rows} rows of ${summary.hiddenSize}) written to ${flags.out}; ` +
          "docs/prompt-optimization.md says how to send them\n",
  );
}

function embedderOf(system: System, { origin }: LoadedAdapter, flag: string | undefined): EmbeddingModel {
  const spec = modelSpec(flag ?? origin.embedder.id);
  const config = completeConfig(
    parseUserConfig({ models: { base: "sim:default", embedder: spec } }, "--embedder"),
  );
  const embedder = createProviders(system, config).embedder({ store: memoryStore(), meter: usageMeter() });
  if (embedder.id !== origin.embedder.id) {
    throw new UsageError(`the projector takes vectors of ${origin.embedder.id}, not of ${embedder.id}`, {
      where: "--embedder",
      remedy: "give the embedder that the adapter was trained with",
    });
  }
  if (embedder.identity !== origin.embedder.identity) {
    system.stderr(`note: ${embedder.id} is set up otherwise than in training; its vectors may differ\n`);
  }
  return embedder;
}
