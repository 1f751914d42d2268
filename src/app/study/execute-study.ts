import { join } from "node:path";
import { parseUserConfig, resolveModel } from "../../core/config/load.ts";
import type { ModelConfig } from "../../core/config/model-schema.ts";
import type { Config } from "../../core/config/resolved.ts";
import { withOwnCommands } from "../../core/config/serve.ts";
import { StoppedError, UsageError } from "../../core/errors.ts";
import type { Observer } from "../../core/events.ts";
import { canonicalJson } from "../../core/hash.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { RESULTS_SCHEMA } from "../../core/run-record.ts";
import type { Watcher } from "../../core/watch.ts";
import { RUN_FILES, writeConfig } from "../../run-folder/run-directory.ts";
import { type OpenRun, openRun } from "../compose.ts";
import { resumable } from "../execute-run.ts";
import { modelSpec } from "../flag-texts.ts";
import { checkModel } from "../model-checks.ts";
import { type OpenModels, openModels } from "../open-models.ts";
import type { ConfigFlags } from "../overrides.ts";

/** The flags of a study that asks models. */
export interface StudyFlags
  extends Pick<ConfigFlags, "preset" | "seed" | "concurrency" | "threads" | "budgetMore" | "set"> {
  readonly out: string;
  readonly json?: boolean;
}

/**
 * The settings of several models that one flag names.
 * @param under whose settings hold where a name is only the JSON of single ones; itself, when nothing is named
 * @throws UsageError for wrong settings
 */
export function modelsNamed(
  specs: readonly string[],
  under: ModelConfig,
  role: "base" | "judge",
  flag: string,
): readonly ModelConfig[] {
  if (specs.length === 0) return [under];
  const models = specs.map((spec) => {
    const { models: written } = withOwnCommands(
      parseUserConfig({ models: { [role]: modelSpec(spec) } }, flag),
    );
    return resolveModel(written?.[role], flag, under);
  });
  for (const model of models) checkModel(role, model, flag);
  return models;
}

/**
 * Names for models, all different: `provider:model`, and the other settings where that is not enough.
 * @throws UsageError when two are the same in everything
 */
export function modelNames(models: readonly ModelConfig[], flag: string): string[] {
  const short = models.map(({ provider, model }) => `${provider}:${model}`);
  const names = models.map(({ provider: _p, model: _m, ...rest }, i) => {
    const shared = short.filter((name) => name === short[i]).length > 1;
    const { options, ...others } = rest;
    const settings = canonicalJson({ ...others, ...(options ?? {}) });
    return shared && settings !== "{}" ? `${short[i]} ${settings}` : (short[i] as string);
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new UsageError(`the model ${twice} is named twice`, {
      where: flag,
      remedy:
        'name different ones; settings can differ, too: \'{"provider": "sim", "model": "default", "options": {...}}\'',
    });
  }
  return names;
}

/**
 * Opens a study's directory and carries the study out in it, with progress. Whatever happens, completed calls are
 * stored, so the same command continues.
 * @param wanted settings of all models that the study asks
 * @throws UsageError when the directory holds a benchmark run, which the study would overwrite
 */
export async function executeStudy<T>(
  system: System,
  config: Config,
  wanted: readonly ModelConfig[],
  watcher: Watcher,
  study: (open: OpenModels, observe: Observer) => Promise<T>,
): Promise<T> {
  return executeWithModels(system, config, wanted, watcher, (open, observe) => {
    writeConfig(system, config.out, config);
    return study(open, observe);
  });
}

/** The same for a study that writes its settings into its record alone. */
export async function executeWithModels<T>(
  system: System,
  config: Config,
  wanted: readonly ModelConfig[],
  watcher: Watcher,
  study: (open: OpenModels, observe: Observer) => Promise<T>,
): Promise<T> {
  refuseRunDirectory(system, config.out);
  return watched(config.out, await openModels(system, config, wanted), watcher, study);
}

/** The same in the directory of a benchmark run, whose store it shares and whose files the study leaves alone. */
export async function executeInRun<T>(
  system: System,
  config: Config,
  watcher: Watcher,
  study: (run: OpenRun, observe: Observer) => Promise<T>,
): Promise<T> {
  return watched(config.out, await openRun(system, config), watcher, study);
}

async function watched<O extends OpenModels, T>(
  out: string,
  open: O,
  watcher: Watcher,
  study: (open: O, observe: Observer) => Promise<T>,
): Promise<T> {
  const progress = watcher(open.totals);
  open.listen(progress.observe);
  try {
    const stored = open.store.countCalls();
    if (stored > 0) progress.observe({ type: "note", message: `continuing with ${stored} stored calls` });
    const result = await study(open, progress.observe);
    progress.end();
    open.store.flush();
    return result;
  } catch (error) {
    progress.end();
    await open.drain();
    throw error instanceof StoppedError ? resumable(error, out) : error;
  } finally {
    await open.close();
  }
}

export function refuseRunDirectory(system: System, out: string): void {
  const results = join(out, RUN_FILES.results);
  if (!system.exists(results)) return;
  const { schema } = parseJson(system, results) as { schema?: unknown };
  if (schema !== RESULTS_SCHEMA) return;
  throw new UsageError("this directory holds a benchmark run, which the study would overwrite", {
    where: out,
    remedy: "give the study a directory of its own with --out",
  });
}
