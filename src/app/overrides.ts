import { DEFAULTS } from "../core/config/defaults.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import { providerNamed } from "../providers/registry.ts";
import { modelSpec, parsedValue } from "./flag-texts.ts";
import { OTHER_MODEL } from "./simulation.ts";

/** What flags say about a configuration; each is over what file and preset say. */
export interface ConfigFlags {
  readonly preset: string;
  readonly out?: string;
  readonly model?: string;
  readonly judge?: string;
  readonly methods?: string[];
  readonly worlds?: number;
  readonly seed?: number;
  readonly concurrency?: number;
  readonly threads?: number;
  readonly schedule?: string;
  readonly testUsers?: string;
  readonly bundle?: string;
  readonly otherJudge?: boolean;
  readonly budgetMore?: boolean;
  readonly set: string[];
}

/** Whether --model asks for a simulated model: such a run needs no server, and so none for embeddings either. */
export function asksSimulation({ model }: Pick<ConfigFlags, "model">): boolean {
  const name = /^([a-z][a-z-]*)(:|$)/.exec(model ?? "")?.[1];
  return name !== undefined && providerNamed(name)?.simulated === true;
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One setting that a flag makes. */
interface FlagSetting {
  readonly flag: string;
  /** Dotted. */
  readonly path: string;
  readonly value: unknown;
}

/**
 * Flags as a configuration layer.
 * @param methods those of --methods, with options where they have any
 * @param hasOwnCandidate whether a simulated candidate LLM is to be another than the base LLM
 * @throws UsageError for a malformed --set
 */
export function configFromFlags(
  flags: ConfigFlags,
  methods: UserConfig["methods"] | readonly string[] = flags.methods,
  hasOwnCandidate = false,
): UserConfig {
  const layer: Record<string, unknown> = {};
  for (const { path, value } of settingsOf(flags, methods, hasOwnCandidate)) put(layer, path, value);
  return layer as UserConfig;
}

/** The flag that sets a key of the layer: of several the last. @param path dotted */
export function flagSetting(flags: ConfigFlags, path: string): string {
  const settings = settingsOf(flags, flags.methods);
  const found = settings.findLast((setting) => path === setting.path || path.startsWith(`${setting.path}.`));
  return found?.flag ?? "--set";
}

function settingsOf(
  flags: ConfigFlags,
  methods: UserConfig["methods"] | readonly string[],
  hasOwnCandidate = false,
): readonly FlagSetting[] {
  const settings: FlagSetting[] = [];
  const add = (flag: string, path: string, value: unknown): void => {
    if (value !== undefined) settings.push({ flag, path, value });
  };
  if (flags.model !== undefined) {
    const model = modelSpec(flags.model);
    for (const role of ["base", "candidate", "rewriter", "judge"]) add("--model", `models.${role}`, model);
    if (hasOwnCandidate) add("--model", "models.candidate", OTHER_MODEL);
    if (asksSimulation(flags)) add("--model", "models.embedder", DEFAULTS.models.embedder);
  }
  if (flags.judge !== undefined) add("--judge", "models.judge", modelSpec(flags.judge));
  add("--out", "out", flags.out);
  add("--methods", "methods", methods);
  add("--worlds", "worlds", flags.worlds);
  add("--seed", "seed", flags.seed);
  add("--concurrency", "concurrency", flags.concurrency);
  add("--threads", "threads", flags.threads);
  add("--schedule", "schedule", flags.schedule);
  add("--test-users", "users.testFile", flags.testUsers);
  add("--bundle", "bundle.source", flags.bundle);
  add("--other-judge", "bundle.otherJudge", flags.otherJudge);
  add("--budget-more", "budget.more", flags.budgetMore);
  for (const assignment of flags.set) {
    const at = assignment.indexOf("=");
    const path = assignment.slice(0, at);
    if (at < 1 || !path.split(".").every((key) => /^[a-z]\w*$/i.test(key))) {
      throw new UsageError(`"${assignment}" assigns nothing`, {
        where: "--set",
        remedy: "write key=value, such as users.train=200",
      });
    }
    add("--set", path, parsedValue(assignment.slice(at + 1)));
  }
  return settings;
}

function put(layer: Record<string, unknown>, path: string, value: unknown): void {
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
}
