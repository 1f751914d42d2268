import { join } from "node:path";
import { answerModels } from "../../core/config/answer-settings.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { RESULTS_SCHEMA, type Results } from "../../core/run-record.ts";
import { resultConfig } from "../../pipeline/run.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { earlierJudge, withEarlier } from "../other-run.ts";
import type { ConfigFlags } from "../overrides.ts";

/**
 * Where the configuration of a study lies that may stand beside a run: in the file that is named, or in the run directory
 * that is; then the study uses the run's stored calls.
 * @throws UsageError for a folder that holds no run
 */
export function configBesideRun(
  system: System,
  target: string | undefined,
  flags: ConfigFlags,
): { readonly file: string | undefined; readonly flags: ConfigFlags } {
  if (target === undefined || /\.(ts|js|json)$/.test(target)) return { file: target, flags };
  const file = join(target, RUN_FILES.config);
  if (!system.exists(file)) {
    throw new UsageError("there is no run in this folder", {
      where: target,
      remedy: "give a configuration file, or a folder that `apm-bench run` wrote, such as runs/default",
    });
  }
  const earlier = Object.entries(earlierJudge(parseJson(system, file))).map(
    ([key, value]) => `judge.${key}=${value}`,
  );
  return { file, flags: { ...flags, set: [...earlier, ...flags.set], out: flags.out ?? target } };
}

/** Settings that a run and a study beside it have to share: all that decide users, candidates, ratings and answers. */
const SHARED = [
  "pool",
  "activeAttributes",
  "historyLength",
  "users",
  "conversations",
  "mapping",
  "targets",
  "models",
  "judge",
  "styles",
  "seed",
] as const;

/**
 * @param command how to call the study with a run, such as `apm-bench audit`
 * @throws UsageError when the directory holds a run of other settings, beside which the study would mislead
 */
export function refuseOtherRun(system: System, config: Config, command: string): void {
  const file = join(config.out, RUN_FILES.results);
  if (!system.exists(file)) return;
  const results = parseJson(system, file) as Partial<Results>;
  if (results.schema !== RESULTS_SCHEMA) return;
  const own = resultConfig(config);
  // A run of an earlier version wrote down prices and addresses, too.
  const stored = results.config && {
    ...withEarlier({ ...results.config }),
    models: answerModels(results.config.models),
  };
  const differing = SHARED.filter(
    (key) =>
      canonicalJson((stored as Partial<Record<string, unknown>> | undefined)?.[key]) !==
      canonicalJson(own[key]),
  );
  if (differing.length === 0) return;
  throw new UsageError(`this directory holds a run with other settings (${differing.join(", ")})`, {
    where: config.out,
    remedy: `name it to use its settings, ${command} ${config.out}, or give another --out`,
  });
}
