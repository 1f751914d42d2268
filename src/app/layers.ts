import type { Config } from "../core/config/resolved.ts";
import type { UserConfig } from "../core/config/schema.ts";

/** One place that settings come from. */
export interface Layer {
  readonly config: UserConfig;
  /** The place, for one key of it: `preset smoke`, `file apm.config.ts`, `flag --seed`. */
  from(path: string): string;
}

/** Roles that are as the base LLM where nobody sets them. */
const AS_BASE = new Set(["candidate", "rewriter", "judge"]);

/**
 * Where each value of a resolved configuration comes from, by dotted path: `default`, `preset NAME`, `file PATH` or
 * `flag --NAME`. A section that comes from one place as a whole is named, too.
 * @param layers what was merged over the defaults, the later over the earlier
 */
export function sourcesOf(config: Config, layers: readonly Layer[]): Record<string, string> {
  const sources: Record<string, string> = {};
  const visit = (value: unknown, path: readonly string[]): string[] => {
    const place = path.join(".");
    if (!isSection(value)) return [(sources[place] = sourceOf(path, layers))];
    // Its place in the order; filled in when all that it holds is known.
    if (place !== "") sources[place] = "";
    const found = Object.entries(value).flatMap(([key, inner]) => visit(inner, [...path, key]));
    const [first = "default"] = found;
    if (found.every((source) => source === first)) sources[place] = first;
    else delete sources[place];
    return found;
  };
  for (const [key, value] of Object.entries(config)) visit(value, [key]);
  return sources;
}

function sourceOf(path: readonly string[], layers: readonly Layer[]): string {
  const layer = layers.findLast(({ config }) => isSetBy(config, path));
  if (layer !== undefined) return layer.from(path.join("."));
  const [section, role = "", ...setting] = path;
  if (section === "models" && AS_BASE.has(role)) return sourceOf(["models", "base", ...setting], layers);
  return "default";
}

/** Whether a layer sets what stands at a path: the value itself, or a whole that it is part of (a pool, a named model). */
function isSetBy(config: UserConfig, path: readonly string[]): boolean {
  let at: unknown = config;
  for (const [depth, key] of path.entries()) {
    if (!isSection(at)) return true;
    at = at[key];
    if (at === undefined) return false;
    if (depth === 0 && key === "pool") return true;
  }
  return true;
}

/** The keys that both layers set, dotted: what the later one hides of the earlier one. */
export function keysInBoth(earlier: UserConfig, later: UserConfig): string[] {
  const leaves = (value: unknown, path: readonly string[]): string[][] =>
    isSection(value) && path[0] !== "pool" && path.length < 2
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
      : [[...path]];
  return leaves(earlier, [])
    .filter((path) => path.length > 0 && isSetBy(later, path))
    .map((path) => path.join("."));
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
