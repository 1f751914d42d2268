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
  const recorded = settingsOf(parseJson(system, file));
  if (recorded === undefined) return;
  const before = withEarlier(recorded);
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

/** How versions asked a judge that did not write it down yet. */
const EARLIER_JUDGE = {
  ...{ constrain: "off", order: "property-first" },
  ...{ mapping: "linear", sees: "answer" },
} as const satisfies Partial<Config["judge"]>;

/** What versions did in one way alone, and did not write down. */
const EARLIER = {
  users: { attributes: "balanced" },
  styles: { avoid: "opposite" },
} as const satisfies { users: Partial<Config["users"]>; styles: Config["styles"] };

/** Recorded settings with what an earlier version did not say of them. */
export function withEarlier(recorded: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    ...recorded,
    judge: { ...(recorded.judge as object), ...earlierJudge(recorded) },
    users: { ...EARLIER.users, ...(recorded.users as object) },
    styles: { ...EARLIER.styles, ...(recorded.styles as object | undefined) },
  };
}

/** The configuration as the run in the directory goes on with it: one that an earlier version began asks its judge as it did. */
export function asBegun(system: System, config: Config): Config {
  const file = join(config.out, RUN_FILES.config);
  const earlier = system.exists(file) ? earlierJudge(parseJson(system, file)) : {};
  return { ...config, judge: { ...config.judge, ...earlier } };
}

/** What the recorded configuration of an earlier version does not say of its judge. */
export function earlierJudge(recorded: unknown): Partial<typeof EARLIER_JUDGE> {
  const judge = (recorded as Partial<Config> | null)?.judge;
  if (typeof judge !== "object" || judge === null) return {};
  return Object.fromEntries(Object.entries(EARLIER_JUDGE).filter(([key]) => !(key in judge)));
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
