import { parseUserConfig } from "../../core/config/load.ts";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import { completeConfig } from "../resolve.ts";

/** Settings of a model that say how this machine reaches it; a worker may have its own. */
const REACH = [
  ...["baseUrl", "apiKeyEnv", "headersEnv", "basicAuthEnv", "queryEnv"],
  ...["concurrency", "requestsPerMinute", "tokensPerMinute", "timeoutSeconds", "patienceSeconds", "serve"],
] as const;
/** Settings that name a variable of the environment. */
const VARIABLES = ["apiKeyEnv", "headersEnv", "basicAuthEnv", "queryEnv"] as const;

/**
 * A configuration as it is put into the database: without programs to be started, and without what concerns one machine.
 * Keys are no part of a configuration, only the names of their variables.
 * @throws UsageError when a method or a model is code of the user's own, which never travels
 */
export function travellingConfig(config: Config): Record<string, unknown> {
  const { out: _, budget: __, threads: ___, ...rest } = config as Config & { readonly threads?: number };
  const models = Object.entries(config.models);
  const own = [
    ...models.filter(([, model]) => model.object !== undefined).map(([role]) => `models.${role}`),
    ...config.methods.flatMap(({ object }, i) => (object === undefined ? [] : [`methods[${i}]`])),
  ];
  if (own.length > 0) {
    throw new UsageError("this is code of your own, and code does not travel through a queue", {
      where: own.join(", "),
      remedy: "leave it out of runs with --queue, or share the work without a queue (docs/cluster.md)",
    });
  }
  const withoutPrograms = (model: ModelConfig): object => {
    const { serve: _serve, ...others } = model as ModelConfig & { readonly serve?: unknown };
    return others;
  };
  return {
    ...rest,
    models: Object.fromEntries(models.map(([role, model]) => [role, withoutPrograms(model)])),
  };
}

/** What a worker adds to the configurations that it is given. */
export interface WorkerSettings {
  readonly out: string;
  /** The worker's own configuration: how it reaches models counts there. */
  readonly own?: Config | undefined;
  /** Names of variables that the database's configurations may use. */
  readonly variables: readonly string[];
}

/**
 * The configuration of a run from the database, as this worker carries it out.
 * @throws UsageError for one that is wrong, or that asks for a variable of this machine's environment that nobody allowed
 */
export function receivedConfig(system: System, shared: unknown, settings: WorkerSettings): Config {
  const { out, own, variables } = settings;
  const config = completeConfig(system, parseUserConfig(shared, "a run in the database"));
  const models = Object.fromEntries(
    Object.entries(config.models).map(([role, model]) => {
      const { serve: _serve, ...given } = model as ModelConfig & { readonly serve?: unknown };
      const mine = own?.models[role as keyof Config["models"]];
      if (mine !== undefined) return [role, reachedAs(given, mine)];
      checkVariables(given, `models.${role}`, variables);
      return [role, given];
    }),
  ) as unknown as Config["models"];
  for (const [i, method] of config.methods.entries()) checkVariables(method, `methods[${i}]`, variables);
  return { ...config, models, out, budget: {} };
}

/** The same model, reached as this machine reaches its own. */
function reachedAs(given: ModelConfig, mine: ModelConfig): object {
  const asked = Object.entries(given).filter(([key]) => !(REACH as readonly string[]).includes(key));
  const reach = Object.entries(mine).filter(([key]) => (REACH as readonly string[]).includes(key));
  return Object.fromEntries([...asked, ...reach]);
}

/** Whoever writes into the database says where requests go: what goes with them is said here. */
function checkVariables(part: object, where: string, allowed: readonly string[]): void {
  const named = VARIABLES.flatMap((key) => {
    const value = (part as Record<string, unknown>)[key];
    return typeof value === "object" && value !== null
      ? Object.values(value)
      : value === undefined
        ? []
        : [value];
  });
  const refused = named.filter((name) => !allowed.includes(String(name)));
  if (refused.length === 0) return;
  throw new UsageError(
    `the run wants to send what stands in ${refused.join(", ")} of this machine's environment`,
    {
      where,
      remedy: `allow it with ${refused.map((name) => `--key ${name}`).join(" ")}, or give the worker a configuration file of its own`,
    },
  );
}
