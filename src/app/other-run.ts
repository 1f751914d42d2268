import { join } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { canonicalJson } from "../core/hash.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
import { resultConfig } from "../pipeline/run.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";

/** Lists that a run may go on with more of: what was there before is done again from the store, and means the same. */
const EXTENDED = new Set(["worlds", "methods"]);

/**
 * A directory holds one run: another configuration in it would replace results, and a run that was stopped could no longer
 * be continued. More worlds and more methods go on with the run that is there. What does not decide results (addresses, traffic, budgets) may differ, and so may what an older version did
 * not write.
 * @throws UsageError when the directory holds a run, finished or not, of another configuration
 */
export function refuseOtherConfig(system: System, config: Config): void {
  const file = join(config.out, RUN_FILES.config);
  if (!system.exists(file)) return;
  const before = settingsOf(parseJson(system, file));
  if (before === undefined) return;
  if (isJudgeFree(before)) before.judge = { ...(before.judge as object), constrain: "off" };
  const own = resultConfig(config) as Record<string, unknown>;
  const differing = Object.keys(own).filter(
    (key) => key in before && !(EXTENDED.has(key) ? holdsAll : isSame)(own[key], before[key]),
  );
  if (differing.length === 0) return;
  throw new UsageError(`this directory holds a run of another configuration (${differing.join(", ")})`, {
    where: config.out,
    remedy:
      "give this run a directory of its own with --out, or put it in the other's place with `apm-bench run --replace`: stored calls are kept",
  });
}

/**
 * The configuration as the run in the directory goes on with it: one that an earlier version began asked its judge freely, and
 * its stored ratings are those of a judge that is not held.
 */
export function asBegun(system: System, config: Config): Config {
  const file = join(config.out, RUN_FILES.config);
  const isFree = system.exists(file) && isJudgeFree(parseJson(system, file));
  return isFree ? { ...config, judge: { ...config.judge, constrain: "off" } } : config;
}

/** A recorded configuration of a version that did not hold judges to the scale. */
export function isJudgeFree(recorded: unknown): boolean {
  const judge = (recorded as Partial<Config> | null)?.judge;
  return typeof judge === "object" && judge !== null && !("constrain" in judge);
}

const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

function holdsAll(own: unknown, before: unknown): boolean {
  const entries = (own as unknown[]).map(unversioned);
  return (before as unknown[]).map(unversioned).every((old) => entries.some((entry) => isSame(entry, old)));
}

/** A new version of one's own method is worked on in its directory: its answers are stored under the version. */
function unversioned(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null) return entry;
  const { object: _, ...method } = entry as Record<string, unknown>;
  return method;
}

/** `undefined`: whatever lies there is no configuration of a run. */
function settingsOf(value: unknown): Record<string, unknown> | undefined {
  try {
    return resultConfig(value as Config) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
