import type { Pool } from "../artifacts.ts";
import { UsageError } from "../errors.ts";
import { didYouMean } from "../nearest.ts";
import { DEFAULTS } from "./defaults.ts";
import { PRESET_NAMES, type PresetName } from "./ids.ts";
import { issueLines } from "./issues.ts";
import { checkMappingSettings, mappingOf, usualTargets } from "./mapping-settings.ts";
import type { ModelConfig } from "./model-schema.ts";
import { PRESETS } from "./presets.ts";
import type { BundleConfig, Config, MethodConfig } from "./resolved.ts";
import { type UserConfig, userConfigSchema } from "./schema.ts";
import { worldSeeds } from "./world-seeds.ts";

/** The settings of a preset over the defaults; `default` changes nothing. */
export function presetNamed(name: string): UserConfig {
  if (!isPreset(name)) {
    throw new UsageError(`there is no preset "${name}"${didYouMean(name, PRESET_NAMES)}`, {
      where: "--preset",
      remedy: `choose one of: ${PRESET_NAMES.join(", ")}`,
    });
  }
  return parseUserConfig(PRESETS[name], `preset "${name}"`);
}

function isPreset(name: string): name is PresetName {
  return (PRESET_NAMES as readonly string[]).includes(name);
}

/**
 * Checks what a person wrote.
 * @param where the file or flag it came from, for the error
 * @throws UsageError naming each wrong key by its path
 */
export function parseUserConfig(value: unknown, where: string): UserConfig {
  const parsed = userConfigSchema.safeParse(value);
  if (parsed.success) {
    const { $schema: _, ...config } = parsed.data;
    return config;
  }
  const lines = issueLines(parsed.error, userConfigSchema, value).map((line) => `  ${line}`);
  throw new UsageError(`the configuration is not valid:\n${lines.join("\n")}`, {
    where,
    remedy: "correct these keys; docs/configuration.md lists all of them, `apm-bench init` writes an example",
  });
}

/** One level of merging: nested objects key by key, lists and scalars replaced, the later one wins. */
export function mergeConfigs(...layers: readonly UserConfig[]): UserConfig {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      if (value === undefined) continue;
      const before = merged[key];
      if (!isPlain(before) || !isPlain(value) || key === "pool") merged[key] = value;
      else merged[key] = key === "models" ? mergeModels(before, value) : { ...before, ...value };
    }
  }
  return merged as UserConfig;
}

/** Models are replaced as a whole, unless the later one changes the earlier one (`changes`). */
function mergeModels(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...before };
  for (const [role, model] of Object.entries(after)) {
    const earlier = before[role];
    merged[role] =
      isPlain(model) && changes(model, earlier)
        ? {
            ...(typeof earlier === "string" ? resolveModel(earlier, `models.${role}`) : (earlier as object)),
            ...model,
          }
        : model;
  }
  return merged;
}

/**
 * Whether settings are changes to those of the model that would stand there without them. They may take another of its
 * provider's models where that model has settings; a mere name, as the defaults have, tells nobody whose model is meant.
 */
function changes(model: Record<string, unknown>, earlier: unknown): boolean {
  return namesModel(model) ? model.provider === undefined && isPlain(earlier) : earlier !== undefined;
}

const namesModel = (model: Record<string, unknown>): boolean =>
  model.provider !== undefined || model.model !== undefined;

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Fills in every default and checks what single keys cannot: h against conversations per user, the mapping file,
 * duplicate methods.
 * @param poolOf looks up and checks a pool (the catalog's job, handed in)
 * @throws UsageError
 */
export function resolveConfig(
  user: UserConfig,
  poolOf: (pool: NonNullable<UserConfig["pool"]>) => Pool,
): Config {
  const merged = mergeConfigs(DEFAULTS, user) as Required<UserConfig>;
  const base = resolveModel(merged.models.base, "models.base");
  const role = (name: "candidate" | "rewriter" | "judge"): ModelConfig => {
    const own = merged.models[name];
    return own === undefined ? base : resolveModel(own, `models.${name}`, base);
  };
  const seed = merged.seed;
  const pool = poolOf(merged.pool);
  const mapping = mappingOf(merged.mapping as Config["mapping"]);
  const config: Config = {
    pool: typeof merged.pool === "string" ? { name: merged.pool, ...pool } : pool,
    activeAttributes: merged.activeAttributes,
    historyLength: merged.historyLength,
    users: merged.users as Config["users"],
    conversations: conversationsOf(merged),
    mapping,
    ...(merged.bundle === undefined ? {} : { bundle: bundleOf(merged.bundle) }),
    targets: user.targets ?? usualTargets(mapping, merged.activeAttributes, pool.principles.length),
    worlds: worldsOf(user, merged),
    models: {
      base,
      candidate: role("candidate"),
      rewriter: role("rewriter"),
      judge: role("judge"),
      embedder: resolveModel(merged.models.embedder, "models.embedder"),
    },
    methods: merged.methods.map((m) => (typeof m === "string" ? { id: m } : m) as MethodConfig),
    judge: merged.judge as Config["judge"],
    styles: merged.styles,
    statistics: merged.statistics as Config["statistics"],
    budget: merged.budget,
    concurrency: merged.concurrency,
    ...(merged.schedule === undefined ? {} : { schedule: merged.schedule }),
    ...(merged.threads === undefined ? {} : { threads: merged.threads }),
    seed,
    out: merged.out,
  };
  checkTogether(config);
  return config;
}

/**
 * The settings of one model.
 * @param model "provider:model", or settings
 * @param under whose settings hold where `model` names neither provider nor model
 * @throws UsageError when provider or model is missing
 */
export function resolveModel(model: unknown, where: string, under?: ModelConfig): ModelConfig {
  if (typeof model !== "string") {
    if (under !== undefined && isPlain(model) && !namesModel(model)) return { ...under, ...model };
    const { provider, model: name } = model as Partial<ModelConfig>;
    if (provider !== undefined && name !== undefined) return model as ModelConfig;
    throw new UsageError(
      `a model needs both provider and model; ${provider === undefined ? "provider" : "model"} is missing`,
      {
        where,
        remedy: 'write { provider: "openai", model: "...", ... } or "provider:model"',
      },
    );
  }
  const at = model.indexOf(":");
  return { provider: model.slice(0, at), model: model.slice(at + 1) };
}

/** Conversations of a user as in the paper; of the prompts that the package brings there are enough. */
const BUILTIN_PER_USER = 20;

/** Of a source from outside no more conversations are taken than are needed: the history's, and the one held out. */
function conversationsOf({ conversations, historyLength }: Required<UserConfig>): Config["conversations"] {
  const isBuiltin = conversations.source === DEFAULTS.conversations.source;
  const perUser = conversations.perUser ?? (isBuiltin ? BUILTIN_PER_USER : historyLength + 1);
  const { source, maxCharacters } = conversations;
  return { source, perUser, maxCharacters } as Config["conversations"];
}

/** Where a frozen set is wanted from, and which. */
export function bundleOf(bundle: NonNullable<UserConfig["bundle"]>): BundleConfig {
  return typeof bundle === "string" ? { source: bundle } : (bundle as BundleConfig);
}

/** A mapping from a file is one world, which is what it has without further word. */
function worldsOf({ worlds: own }: UserConfig, { worlds, mapping, seed }: Required<UserConfig>): number[] {
  const wanted = own === undefined && mapping.kind === "file" ? 1 : worlds;
  return typeof wanted === "number" ? worldSeeds(seed, wanted) : wanted;
}

const fail = (message: string, where: string, remedy: string): never => {
  throw new UsageError(message, { where, remedy });
};

function checkTogether(config: Config): void {
  const k = config.pool.attributes.length;
  if (config.historyLength >= config.conversations.perUser) {
    fail(
      `a history of ${config.historyLength} leaves no conversation of ${config.conversations.perUser} for the test prompt`,
      "historyLength",
      "choose a shorter history, or raise conversations.perUser",
    );
  }
  if (config.activeAttributes > k) {
    fail(
      `${config.activeAttributes} active attributes in a pool of ${k}`,
      "activeAttributes",
      "use a larger pool",
    );
  }
  if (config.targets > k) fail(`${config.targets} targets in a pool of ${k}`, "targets", "choose at most K");
  checkMappingSettings(config, fail);
  if (config.judge.mapping === "tenth" && config.judge.scale !== 100) {
    fail(
      "answers on 1 to 10 are scores already: tenths are made of answers on 1 to 100",
      "judge.mapping",
      "set judge.scale to 100 as well, or leave judge.mapping at linear",
    );
  }
  const names = config.methods.map((m) => m.name ?? m.id);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    fail(
      `two methods are called "${twice}"`,
      "methods",
      'give one of them a name: { id: "...", name: "..." }',
    );
  }
  if (new Set(config.worlds).size !== config.worlds.length) {
    fail("a world's seed occurs twice", "worlds", "list each seed once");
  }
}
