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
const TRAINER_TOKEN = "APM_TRAINER_TOKEN";
const VARIABLES = ["apiKeyEnv", "headersEnv", "basicAuthEnv", "queryEnv"] as const;

/**
 * A configuration as it is put into the database: without programs to be started, and without what concerns one machine.
 * Keys are no part of a configuration, only the names of their variables.
 * @throws UsageError when a method or a model is code of the user's own, which never travels
 */
export function travellingConfig(config: Config): Record<string, unknown> {
  const { out: _, budget: __, threads: ___, ...rest } = config as Config & { readonly threads?: number };
  refuseCode(config);
  return withoutPrograms(rest) as Record<string, unknown>;
}

function refuseCode({ models, methods }: Config): void {
  const own = [
    ...Object.entries(models).flatMap(([role, { object }]) =>
      object === undefined ? [] : [`models.${role}`],
    ),
    ...methods.flatMap(({ object }, i) => (object === undefined ? [] : [`methods[${i}]`])),
  ];
  if (own.length === 0) return;
  throw new UsageError("this is code of somebody's own, and code does not travel through a queue", {
    where: own.join(", "),
    remedy:
      "leave it out of what apm-bench run --queue shares, or share the work without a queue (docs/cluster.md)",
  });
}

/** A configuration none of whose models is to be started: whatever stands in a database, no program of it is run. */
function withoutPrograms(config: unknown): unknown {
  const { models, ...rest } = (config ?? {}) as { readonly models?: Readonly<Record<string, object>> };
  const kept = Object.entries(models ?? {}).map(([role, model]) => {
    const {
      serve: _serve,
      env: _env,
      readyTimeoutSeconds: _ready,
      device: _device,
      ...others
    } = model as Partial<ModelConfig>;
    return [role, others];
  });
  return { ...rest, models: Object.fromEntries(kept) };
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
  const config = completeConfig(system, parseUserConfig(withoutPrograms(shared), "a run in the database"));
  refuseCode(config);
  const models = Object.fromEntries(
    Object.entries(config.models).map(([role, given]) => {
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
  const token = "trainer" in part ? [TRAINER_TOKEN] : [];
  const named = VARIABLES.flatMap((key) => {
    const value = (part as Record<string, unknown>)[key];
    return typeof value === "object" && value !== null
      ? Object.values(value)
      : value === undefined
        ? []
        : [value];
  });
  const refused = [...named, ...token].filter((name) => !allowed.includes(String(name)));
  if (refused.length === 0) return;
  const keys = refused.map((name) => `--key ${name}`).join(" ");
  throw new UsageError(
    `the run wants to send what stands in ${refused.join(", ")} of this machine's environment`,
    {
      where,
      remedy: `allow it with apm-bench work ${keys}, or give the worker a configuration file of its own`,
    },
  );
}
