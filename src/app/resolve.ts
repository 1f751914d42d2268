import { checkPool, poolNamed } from "../catalog/pools.ts";
import { DEFAULTS } from "../core/config/defaults.ts";
import { mergeConfigs, parseUserConfig, presetNamed, resolveConfig } from "../core/config/load.ts";
import type { Config } from "../core/config/resolved.ts";
import type { UserConfig } from "../core/config/schema.ts";
import type { System } from "../core/ports/system.ts";
import { createMethod } from "../methods/registry.ts";
import { readConfigFile } from "./config-file.ts";
import { checkProviders } from "./model-checks.ts";
import { asksSimulation, type ConfigFlags, configFromFlags } from "./overrides.ts";

/**
 * Defaults, preset, file, flags, in this order: the later one wins. With `--model sim` a preset's conversations from the
 * network give way to those of the package; a source that file or flags name stays.
 * @throws UsageError
 */
export async function resolveFlags(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
): Promise<Config> {
  return completeConfig(await layersOf(system, file, flags));
}

/**
 * What preset, file and flags say together, without defaults.
 * @param settings of a study: over the preset, under the file
 */
export async function layersOf(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
  settings: UserConfig = {},
): Promise<UserConfig> {
  const named = presetNamed(flags.preset);
  const preset = asksSimulation(flags)
    ? mergeConfigs(named, { conversations: { source: DEFAULTS.conversations.source } })
    : named;
  const { config: fromFile } = await readConfigFile(system, file);
  const below = mergeConfigs(preset, settings, fromFile);
  const methods = flags.methods?.map((name) => methodCalled(name, below) ?? name) as UserConfig["methods"];
  return mergeConfigs(below, parseUserConfig(configFromFlags(flags, methods), "the command line"));
}

/** A method as preset or file have it, with its options: naming it on the command line chooses it, as it is. */
function methodCalled(
  name: string,
  { methods }: UserConfig,
): NonNullable<UserConfig["methods"]>[number] | undefined {
  return methods?.find((method) => typeof method !== "string" && (method.name ?? method.id) === name);
}

/** Fills in the defaults, looks up pool and methods, and checks what single keys cannot. @throws UsageError */
export function completeConfig(user: UserConfig): Config {
  const config = resolveConfig(user, (pool) => {
    if (typeof pool === "string") return poolNamed(pool);
    checkPool(pool, "pool");
    return pool;
  });
  for (const [i, method] of config.methods.entries()) createMethod(method, i);
  checkProviders(config.models);
  return config;
}
