import type { ModelConfig } from "../core/config/model-schema.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { System } from "../core/ports/system.ts";
import { reachOf } from "../providers/http/reach.ts";
import { httpTransport } from "../providers/http/transport.ts";
import { modelsAt } from "../providers/openai/served-models.ts";

/** A program that serves models on this machine, at the port it takes when nobody says otherwise. */
export interface LocalServer {
  /** As models name it: `ollama:MODEL`. */
  readonly id: string;
  readonly title: string;
  readonly port: number;
  /** How it is started with a model. */
  readonly start: string;
}

export const LOCAL_SERVERS: readonly LocalServer[] = [
  {
    id: "ollama",
    title: "Ollama",
    port: 11_434,
    start: "`ollama serve` (or open the app), then `ollama pull qwen2.5:7b`",
  },
  {
    id: "lmstudio",
    title: "LM Studio",
    port: 1234,
    start: "`lms get qwen2.5-7b-instruct`, then `lms server start` (in the app: Developer, Start server)",
  },
  {
    id: "llamacpp",
    title: "llama.cpp",
    port: 8080,
    start: "`llama-server -hf Qwen/Qwen2.5-7B-Instruct-GGUF:Q4_K_M --port 8080`",
  },
];
/** Whichever of them listens. */
const ANY = "localhost";
/** What `--model ollama` is read as. */
const FIRST = "default";
/** Answers that such a server makes at the same time, unless the model says otherwise. */
const CONCURRENCY = 4;

/**
 * Models that are named by a server on this machine (`ollama:MODEL`, `lmstudio:MODEL`, `llamacpp:MODEL`, or
 * `localhost:MODEL` for whichever listens; without a name its first model) become those of an OpenAI-compatible server.
 * @throws UsageError when nothing listens, saying how to start each; or when a server has no such model
 */
export async function withLocalServers(
  system: Pick<System, "env" | "stopSignal">,
  config: UserConfig,
  servers: readonly LocalServer[] = LOCAL_SERVERS,
): Promise<UserConfig> {
  const { models } = config;
  if (models === undefined) return config;
  const found = new Map<string, Promise<ModelConfig>>();
  const entries = Object.entries(models).map(async ([role, model]) => {
    const { name, id, more } = named(model);
    if (id === undefined || (id !== ANY && !servers.some((server) => server.id === id))) return [role, model];
    const key = `${id}:${name}`;
    const lookedUp = found.get(key) ?? lookUp(system, id, name, servers, `models.${role}`);
    found.set(key, lookedUp);
    return [role, { ...(await lookedUp), ...more }];
  });
  return { ...config, models: Object.fromEntries(await Promise.all(entries)) };
}

function named(model: unknown): { id: string | undefined; name: string; more: object } {
  if (typeof model === "string") {
    const at = model.indexOf(":");
    return { id: model.slice(0, at), name: model.slice(at + 1), more: {} };
  }
  const { provider, model: name = FIRST, ...more } = model as { provider?: string; model?: string };
  return { id: provider, name, more };
}

async function lookUp(
  { env, stopSignal }: Pick<System, "env" | "stopSignal">,
  id: string,
  model: string,
  servers: readonly LocalServer[],
  where: string,
): Promise<ModelConfig> {
  const asked = servers.filter((server) => id === ANY || server.id === id);
  const reach = reachOf(env);
  const { fetch } = httpTransport(env, stopSignal);
  const known: string[] = [];
  const there: string[] = [];
  for (const { title, port } of asked) {
    const origin = `http://127.0.0.1:${port}`;
    if ((await reach(origin)) !== undefined) continue;
    const names = await modelsAt(`${origin}/v1`, fetch);
    if (names === undefined) continue;
    there.push(`${title} at port ${port}`);
    known.push(...names);
    const chosen =
      model === FIRST ? names.find((name) => !/embed/i.test(name)) : names.find((n) => n === model);
    if (chosen === undefined) continue;
    return {
      provider: "openai",
      model: chosen,
      baseUrl: `${origin}/v1`,
      concurrency: CONCURRENCY,
      price: { input: 0, output: 0 },
    };
  }
  if (there.length > 0) {
    throw new UsageError(
      model === FIRST
        ? `${there.join(", ")} has no language model`
        : `${there.join(", ")} has no model "${model}"${didYouMean(model, known)}`,
      { where, remedy: known.length > 0 ? `it has: ${known.join(", ")}` : `load one: ${howTo(asked)}` },
    );
  }
  const ports = asked.map(({ title, port }) => `${title} (port ${port})`).join(", ");
  throw new UsageError(`no model server listens on this machine: looked for ${ports}`, {
    where,
    remedy: `start one, then run the same command again:\n${howTo(asked)}\nor name a server elsewhere, as \`apm-bench run --model\` takes it: '{"provider": "openai", "model": "...", "baseUrl": "http://..."}'`,
  });
}

function howTo(servers: readonly LocalServer[]): string {
  return servers.map(({ title, start }) => `  ${title}: ${start}`).join("\n");
}
