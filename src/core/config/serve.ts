import { canonicalJson } from "../hash.ts";
import type { ModelConfig } from "./model-schema.ts";
import type { UserConfig } from "./schema.ts";

/** How a model's server is started on this machine. */
export interface ServeCommand {
  /** As it is written: one line, or program and arguments. */
  readonly command: string | readonly string[];
  /** Variables that the command gets besides those of the tool itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly readyTimeoutSeconds: number;
  /** Servers on one device take turns. */
  readonly device: string;
}

/** A large model is read from a disk, or even the network. */
const READY_SECONDS = 1800;
const DEVICE = "gpu";

/**
 * Marks a command as the user's own. No JSON can hold a symbol, so nothing that was read from a run directory, a bundle, a
 * job or a database ever bears the mark, and what does not bear it is not executed.
 */
const OWN = Symbol("a command of the user's own");
type Marked = { readonly [OWN]?: ServeCommand };

/** The settings by which a server is started; they decide no answer. */
const KEYS = ["serve", "env", "readyTimeoutSeconds", "device"] as const;

/**
 * The same configuration, its commands marked as the user's own.
 * @param config of a file or of flags that the user named, never of a record
 */
export function withOwnCommands(config: UserConfig): UserConfig {
  return mapModels(config, (model) => {
    const command = writtenCommand(model as ModelConfig);
    return command === undefined ? model : { ...model, [OWN]: command };
  });
}

/** The same configuration without a word of how servers are started. */
export function withoutCommands(config: UserConfig): UserConfig {
  return mapModels(config, (model) => {
    const kept = Object.entries(model).filter(([key]) => !(KEYS as readonly string[]).includes(key));
    return Object.fromEntries(kept);
  });
}

function mapModels(config: UserConfig, change: (model: object) => object): UserConfig {
  if (config.models === undefined) return config;
  const models = Object.entries(config.models).map(([role, model]) => [
    role,
    typeof model === "object" && model !== null ? change(model) : model,
  ]);
  return { ...config, models: Object.fromEntries(models) } as UserConfig;
}

/** The command that may be executed to serve a model: one that bears the mark. */
export const commandOf = (settings: object): ServeCommand | undefined => (settings as Marked)[OWN];

/** The command that stands in settings, whoever wrote them: to read, not to execute. */
function writtenCommand({ serve, env, readyTimeoutSeconds, device }: ModelConfig): ServeCommand | undefined {
  if (serve === undefined) return undefined;
  const given = typeof serve === "object" && "command" in serve ? serve : { command: serve };
  return {
    command: given.command,
    env: given.env ?? env ?? {},
    readyTimeoutSeconds: given.readyTimeoutSeconds ?? readyTimeoutSeconds ?? READY_SECONDS,
    device: given.device ?? device ?? DEVICE,
  };
}

/** Models of one command share a process. */
export const processKey = ({ command, env, device }: ServeCommand): string =>
  canonicalJson({ command, env, device });

/** The command as people read it. */
export const commandWords = ({ command }: Pick<ServeCommand, "command">): string =>
  typeof command === "string" ? command : command.join(" ");

/** Whether models of these settings are served by several processes that take turns on one device. */
export function takesTurns(models: readonly object[]): boolean {
  const byDevice = new Map<string, string>();
  for (const model of models) {
    const command = commandOf(model);
    if (command === undefined) continue;
    const key = processKey(command);
    const other = byDevice.get(command.device) ?? key;
    if (other !== key) return true;
    byDevice.set(command.device, key);
  }
  return false;
}

/** Models as records keep them: the values of variables are not written anywhere. */
export function recordedModels<M extends Readonly<Record<string, ModelConfig>>>(models: M): M {
  const hidden = (env: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.keys(env).map((name) => [name, "(not kept)"]));
  const kept = Object.entries(models).map(([role, { env, serve, ...model }]) => {
    const isObject = typeof serve === "object" && "command" in serve;
    return [
      role,
      {
        ...model,
        ...(serve === undefined
          ? {}
          : { serve: isObject && serve.env ? { ...serve, env: hidden(serve.env) } : serve }),
        ...(env === undefined ? {} : { env: hidden(env) }),
      },
    ];
  });
  return Object.fromEntries(kept) as M;
}
