import { type Command, InvalidArgumentError, Option } from "commander";
import { DEFAULTS } from "../core/config/defaults.ts";
import { METHOD_IDS } from "../core/config/ids.ts";
import { PRESET_NAMES } from "../core/config/load.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";

export interface ConfigFlags {
  readonly preset: string;
  readonly out?: string;
  readonly model?: string;
  readonly judge?: string;
  readonly methods?: string[];
  readonly worlds?: number;
  readonly seed?: number;
  readonly concurrency?: number;
  readonly testUsers?: string;
  readonly set: string[];
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("write a whole number.");
  return value;
}

/** Gathers the values of a flag that may be repeated. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];

/** The flags that override configuration, shared by every command that runs the benchmark. */
export function addConfigFlags(command: Command): Command {
  return addSettingFlags(command)
    .option("--out <dir>", "run directory (key: out)")
    .option(
      "--model <provider:model>",
      "one model for base, candidate, rewriter and judge; `sim` is the simulated one, and needs no network",
    )
    .option("--judge <provider:model>", "another model for the judge (key: models.judge)")
    .option(
      "--methods <ids>",
      `methods by comma, with the options that file or preset give them: ${METHOD_IDS.join(", ")}`,
      (text) => text.split(","),
    )
    .option("--worlds <n>", "how many worlds (key: worlds)", wholeNumber)
    .option(
      "--test-users <file>",
      "imported users as test users, made by `data import` (key: users.testFile)",
    );
}

/** The flags of every command that asks models. */
export function addSettingFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--preset <name>", "settings to start from").choices(PRESET_NAMES).default("default"),
    )
    .option("--seed <n>", "seed of everything random (key: seed)", wholeNumber)
    .option("--concurrency <n>", "model calls in flight (key: concurrency)", wholeNumber)
    .option(
      "--set <key=value>",
      "any configuration key, such as users.train=200; may be repeated",
      collect,
      [],
    );
}

/** Whether --model asks for the simulated model: such a run needs no server, and so none for embeddings either. */
export function isSimulated({ model }: Pick<ConfigFlags, "model">): boolean {
  return model !== undefined && /^sim(:|$)/.test(model);
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Flags as a configuration layer.
 * @param methods those of --methods, with options where they have any
 * @throws UsageError for a malformed --set
 */
export function configFromFlags(
  flags: ConfigFlags,
  methods: UserConfig["methods"] | readonly string[] = flags.methods,
): UserConfig {
  const layer: Record<string, unknown> = {};
  const put = (path: string, value: unknown): void => {
    const keys = path.split(".");
    const last = keys.pop() as string;
    let at = layer;
    for (const key of keys) {
      const inner = (at[key] ??= {});
      if (!isSection(inner)) {
        throw new UsageError(`${path}: "${key}" has a value of its own already, ${JSON.stringify(inner)}`, {
          where: "--set",
          remedy: `set either ${key} as a whole or keys within it`,
        });
      }
      at = inner;
    }
    // As in files: a section adds to what stands in it already, so that --test-users survives --set users={...}.
    const section = keys.length === 0 && last !== "pool" && isSection(value) ? at[last] : undefined;
    at[last] = isSection(section) ? { ...section, ...(value as object) } : value;
  };
  if (flags.model !== undefined) {
    const model = modelSpec(flags.model);
    for (const role of ["base", "candidate", "rewriter", "judge"]) put(`models.${role}`, model);
    if (isSimulated(flags)) put("models.embedder", DEFAULTS.models.embedder);
  }
  if (flags.judge !== undefined) put("models.judge", modelSpec(flags.judge));
  if (flags.out !== undefined) put("out", flags.out);
  if (methods !== undefined) put("methods", methods);
  if (flags.worlds !== undefined) put("worlds", flags.worlds);
  if (flags.seed !== undefined) put("seed", flags.seed);
  if (flags.concurrency !== undefined) put("concurrency", flags.concurrency);
  if (flags.testUsers !== undefined) put("users.testFile", flags.testUsers);
  for (const assignment of flags.set) {
    const at = assignment.indexOf("=");
    const path = assignment.slice(0, at);
    if (at < 1 || !path.split(".").every((key) => /^[a-z]\w*$/i.test(key))) {
      throw new UsageError(`"${assignment}" assigns nothing`, {
        where: "--set",
        remedy: "write key=value, such as --set users.train=200",
      });
    }
    put(path, parsedValue(assignment.slice(at + 1)));
  }
  return layer as UserConfig;
}

/** A model as flags name it: `provider:model`, a provider alone, or the JSON of a model's settings. */
export function modelSpec(text: string): unknown {
  if (text.startsWith("{")) return parsedValue(text);
  return text.includes(":") ? text : `${text}:default`;
}

/** JSON where it is JSON, else the text itself: --set pool=k4 needs no quotes. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
