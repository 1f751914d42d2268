import { join, resolve } from "node:path";
import { z } from "zod";
import { parseUserConfig, resolveModel } from "../core/config/load.ts";
import { UsageError } from "../core/errors.ts";
import { parseJsonl } from "../core/jsonl.ts";
import type { EmbeddingModel } from "../core/ports/embedding-model.ts";
import type { System } from "../core/ports/system.ts";
import { promptEmbeddings } from "../methods/prompt-optimization/prompt-embeddings.ts";
import { torchFile } from "../neural/checkpoint/torch-file.ts";
import { adapterBase, type LoadedProjector, readProjector } from "../neural/training/adapter-files.ts";
import { usageMeter } from "../providers/decorators/metered.ts";
import { httpTransport } from "../providers/http/transport.ts";
import { embeddingSource } from "../providers/local/embedding-source.ts";
import { hubOf } from "../providers/local/hub-checkpoint.ts";
import { memoryStore } from "../store/memory.ts";
import { modelSpec } from "./flag-texts.ts";
import { checkModel } from "./model-checks.ts";
import { openProviders } from "./providers.ts";

export interface EmbedSettings {
  /** The checkpoint that was adapted; as named in the adapter when not given. */
  readonly base?: string | undefined;
  /** File of users with history and prompt (JSONL). */
  readonly users: string;
  /** `provider:model` or its settings as JSON; as named in the adapter when not given. */
  readonly embedder?: string | undefined;
  /** Folder to write to. */
  readonly out: string;
}

export interface EmbeddedPrompts {
  readonly users: number;
  /** Of all prompts together. */
  readonly rows: number;
  readonly hiddenSize: number;
  readonly out: string;
}

/** Calls of the embedder in flight: users are embedded one after the other. */
const CONCURRENCY = 1;

/** A line of a users file; the `users.jsonl` of a run has these keys, too. */
const userSchema = z.object({
  user: z.string().min(1),
  history: z.array(z.string()),
  prompt: z.string().min(1),
});

/**
 * Writes each user's whole prompt as embeddings, soft prompt first: what vLLM takes as `prompt_embeds`.
 * @param folder the adapter's
 * @throws UsageError for another checkpoint or embedder than the adapter was trained with
 */
export async function writePromptEmbeddings(
  system: System,
  folder: string,
  flags: EmbedSettings,
): Promise<EmbeddedPrompts> {
  const { base } = flags;
  const users = [...parseJsonl(system.readLines(flags.users), flags.users, userSchema)];
  const path = resolve(system.cwd, folder);
  const named = base ?? adapterBase(path);
  const { cwd, env, stopSignal: stop } = system;
  const say = (words: string): void => system.stderr(`${words}\n`);
  const hub = hubOf({ cwd, env, stop, transport: httpTransport(env, stop), say });
  const source = await embeddingSource(named, system.cwd, hub);
  const { hiddenSize } = source.rows;
  const loaded = readProjector(path, hiddenSize);
  const { name, fingerprint } = loaded.origin.base;
  const found = fingerprint === "" ? undefined : source.fingerprint();
  if (found !== undefined && found !== fingerprint) {
    throw new UsageError("the adapter was trained on another checkpoint", {
      where: named,
      remedy: `give the one it was trained on with --base: ${name}, every file as it was`,
    });
  }
  const embedder = await embedderOf(system, loaded, flags.embedder);
  const lines = system.openLines(join(flags.out, "prompts.jsonl"));
  let rows = 0;
  for (const [i, user] of users.entries()) {
    const tensor = await promptEmbeddings({ ...user, id: user.user }, loaded, source, embedder);
    const file = `${String(i).padStart(5, "0")}.pt`;
    system.writeFile(join(flags.out, file), torchFile(tensor));
    const softTokens = loaded.spec.softTokens;
    lines.write(JSON.stringify({ user: user.user, file, shape: tensor.shape, softTokens }));
    rows += tensor.shape[0] as number;
  }
  lines.close();
  return { users: users.length, rows, hiddenSize, out: flags.out };
}

async function embedderOf(
  system: System,
  { origin }: LoadedProjector,
  flag: string | undefined,
): Promise<EmbeddingModel> {
  const spec = modelSpec(flag ?? origin.embedder.id);
  const { models } = parseUserConfig({ models: { embedder: spec } }, "--embedder");
  const settings = resolveModel(models?.embedder, "--embedder");
  checkModel("embedder", settings, "--embedder");
  const providers = await openProviders(system, { budget: {}, concurrency: CONCURRENCY, out: system.cwd }, [
    settings,
  ]);
  const embedder = providers.guarded({ store: memoryStore(), meter: usageMeter() }).embedder(settings);
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
