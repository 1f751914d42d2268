import { basename } from "node:path";
import { checkPool, poolNamed } from "../catalog/pools.ts";
import type { Pool } from "../core/artifacts.ts";
import { DEFAULTS } from "../core/config/defaults.ts";
import { mergeConfigs, parseUserConfig, presetNamed, resolveConfig } from "../core/config/load.ts";
import type { Config } from "../core/config/resolved.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { withOwnCommands } from "../core/config/serve.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
import { methodHead } from "../methods/registry.ts";
import { readConfigFile } from "./config-file.ts";
import { keysInBoth, type Layer, sourcesOf } from "./layers.ts";
import { withLocalServers } from "./local-servers.ts";
import { chosenMethods } from "./method-names.ts";
import { checkProviders } from "./model-checks.ts";
import { asksSimulation, type ConfigFlags, configFromFlags, flagSetting } from "./overrides.ts";
import { hasOwnCandidate, simulatedPreset } from "./simulation.ts";

/** What preset, file and flags say, the later over the earlier; without defaults. */
export interface LayeredConfig {
  readonly layers: readonly Layer[];
  readonly merged: UserConfig;
  readonly read: ReadConfig;
}

/** What a configuration was read from. */
export interface ReadConfig {
  readonly preset: string;
  readonly file: string | null;
  /** Keys of the preset that the file sets otherwise, dotted. */
  readonly hidden: readonly string[];
  /** What a simulated run does otherwise than the preset says, for people. */
  readonly notes: readonly string[];
}

/**
 * Defaults, preset, file, flags, in this order: the later one wins. With `--model sim` a preset's conversations from the
 * network give way to those of the package, and its trainers to what needs none (`simulatedPreset`); what file or flags name
 * stays. Where the candidate LLM is another than the base LLM, it is simulated by a model of its own.
 * @throws UsageError
 */
export async function resolveFlags(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
): Promise<Config> {
  return completeConfig(system, (await layersOf(system, file, flags)).merged);
}

/** A configuration and where each of its values comes from. */
export interface ExplainedConfig {
  readonly config: Config;
  /** By dotted path, as `sourcesOf` tells them. */
  readonly sources: Readonly<Record<string, string>>;
  readonly read: ReadConfig;
}

/** @throws UsageError */
export async function explainConfig(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
): Promise<ExplainedConfig> {
  const { layers, merged, read } = await layersOf(system, file, flags);
  const config = completeConfig(system, merged);
  return { config, sources: sourcesOf(config, layers), read };
}

/**
 * What preset, file and flags say together, without defaults.
 * @param settings of a study: over the preset, under the file
 * @throws UsageError
 */
export async function layersOf(
  system: System,
  file: string | undefined,
  flags: ConfigFlags,
  settings?: Layer,
): Promise<LayeredConfig> {
  const preset = { config: presetNamed(flags.preset), from: () => `preset ${flags.preset}` };
  const simulated = asksSimulation(flags) ? simulatedPreset(preset.config) : undefined;
  const { config, path } = await readConfigFile(system, file);
  const below: Layer[] = [
    preset,
    ...(simulated === undefined ? [] : [{ config: simulated.config, from: () => "flag --model" }]),
    ...(settings === undefined ? [] : [settings]),
    { config, from: () => `file ${path}` },
  ];
  const isOther = simulated !== undefined && hasOwnCandidate(merge(below));
  const methods = flags.methods && chosenMethods(flags.methods, merge(below).methods ?? DEFAULTS.methods);
  const layers = await overBundle(system, [
    ...below,
    {
      config: parseUserConfig(configFromFlags(flags, methods, isOther), "the command line"),
      from: (key: string) => `flag ${flagSetting(flags, key)}`,
    },
  ]);
  const hidden = keysInBoth(preset.config, config);
  // A file's or flag's own methods stand as they are.
  const notes =
    simulated !== undefined && merge(layers).methods === simulated.config.methods ? simulated.notes : [];
  // Below are the package's own settings, a file or a record without its commands, and a frozen set that has none.
  const merged = withOwnCommands(await withLocalServers(system, merge(layers)));
  return { layers, merged, read: { preset: flags.preset, file: path ?? null, hidden, notes } };
}

/**
 * The same layers over those of the frozen set that they name, if they name one.
 * @throws UsageError when there is no such set
 */
export async function overBundle(system: System, layers: readonly Layer[]): Promise<readonly Layer[]> {
  const { bundle: named } = merge(layers);
  if (named === undefined) return layers;
  const { bundleLayer } = await import("./bundle/layer.ts");
  const { settings, pinned } = await bundleLayer(system, named);
  const from = (): string => `bundle ${pinned.bundle.source}`;
  return [{ config: settings, from }, ...layers, { config: pinned, from }];
}

export const merge = (layers: readonly Layer[]): UserConfig =>
  mergeConfigs(...layers.map(({ config }) => config));

/** Fills in the defaults, reads or looks up pool and methods, and checks what single keys cannot. @throws UsageError */
export function completeConfig(system: Pick<System, "readFile">, user: UserConfig): Config {
  const config = resolveConfig(user, (pool) => {
    if (typeof pool === "string") return pool.endsWith(".json") ? poolOfFile(system, pool) : poolNamed(pool);
    checkPool(pool, "pool");
    return pool;
  });
  for (const [i, method] of config.methods.entries()) methodHead(method, i);
  checkProviders(config.models);
  return config;
}

/** A pool that stands in a file, called as the file is where it has no name of its own. */
function poolOfFile(system: Pick<System, "readFile">, file: string): Pool & { readonly name: string } {
  const { pool } = parseUserConfig({ pool: parseJson(system, file) }, file);
  if (typeof pool !== "object") return { ...poolNamed(String(pool)), name: String(pool) };
  checkPool(pool, `${file}: pool`);
  const { name = basename(file, ".json"), ...lists } = pool;
  return { name, ...lists };
}
