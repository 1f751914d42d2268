import { join } from "node:path";
import { mergeConfigs, parseUserConfig } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { withOwnCommands, withoutCommands } from "../../core/config/serve.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { checkModel } from "../model-checks.ts";
import { type ConfigFlags, configFromFlags } from "../overrides.ts";
import { completeConfig } from "../resolve.ts";

/** What another judge may bring along; everything else is the run's. */
export interface RejudgeSettings extends Pick<ConfigFlags, "out" | "concurrency" | "budgetMore" | "set"> {
  /** The second judge, as flags name models. */
  readonly judge: string;
}

const OWN_KEYS = ["judge", "budget", "concurrency", "statistics", "models.judge"];

/** The run's configuration with another judge. */
export function secondConfig(
  system: System,
  { config }: Results,
  dir: string,
  { judge, out, concurrency, budgetMore, set }: RejudgeSettings,
): Config {
  const own = configFromFlags({
    preset: "default",
    judge,
    set,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(budgetMore === undefined ? {} : { budgetMore }),
  });
  for (const key of Object.keys(own)) {
    const inner = key === "models" ? Object.keys(own.models ?? {}).map((role) => `models.${role}`) : [key];
    const other = inner.find((name) => !OWN_KEYS.includes(name));
    if (other === undefined) continue;
    throw new UsageError(`${other} is settled by the run, whose answers are judged as they are`, {
      where: "--set",
      remedy: `set one of: ${OWN_KEYS.join(", ")}`,
    });
  }
  const settings = withOwnCommands(parseUserConfig(own, "the command line"));
  // Answers are judged as they are stored: the frozen set that they may stand on is not needed.
  const { bundle: _set, ...deciding } = config;
  const asRun = withoutCommands(parseUserConfig(deciding, join(dir, RUN_FILES.results)));
  // A model of the run must not lend its settings to the second judge.
  const { judge: _, ...models } = asRun.models ?? {};
  const complete = completeConfig(system, mergeConfigs({ ...asRun, models } as UserConfig, settings));
  checkModel("judge", complete.models.judge, "--judge");
  const { provider, model } = complete.models.judge;
  return { ...complete, out: out ?? join(dir, "rejudged", `${provider}-${model}`.replace(/[^\w.-]+/g, "-")) };
}
