import { DEFAULTS } from "../core/config/defaults.ts";
import type { UserConfig } from "../core/config/schema.ts";
import { UsageError } from "../core/errors.ts";
import { providerNamed } from "../providers/registry.ts";

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
  readonly testUsers?: string;
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
    if (asksSimulation(flags)) put("models.embedder", DEFAULTS.models.embedder);
  }
  if (flags.judge !== undefined) put("models.judge", modelSpec(flags.judge));
  if (flags.out !== undefined) put("out", flags.out);
  if (methods !== undefined) put("methods", methods);
  if (flags.worlds !== undefined) put("worlds", flags.worlds);
  if (flags.seed !== undefined) put("seed", flags.seed);
  if (flags.concurrency !== undefined) put("concurrency", flags.concurrency);
  if (flags.testUsers !== undefined) put("users.testFile", flags.testUsers);
  if (flags.budgetMore) put("budget.more", true);
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
