import { join } from "node:path";
import type { Config } from "../../core/config/resolved.ts";
import type { ModelConfig } from "../../core/config/schema.ts";
import { StoppedError, UsageError } from "../../core/errors.ts";
import type { Observer } from "../../core/events.ts";
import { canonicalJson } from "../../core/hash.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { RESULTS_SCHEMA } from "../../core/run-record.ts";
import type { Watcher } from "../../core/watch.ts";
import { BASELINE } from "../../methods/registry.ts";
import { RUN_FILES, writeConfig } from "../../run-folder/run-directory.ts";
import { type OpenRun, openRun } from "../compose.ts";
import { resumable } from "../execute-run.ts";
import type { ConfigFlags } from "../overrides.ts";
import { resolveFlags } from "../resolve.ts";

/** The flags of a study that asks models. */
export interface StudyFlags extends Pick<ConfigFlags, "preset" | "seed" | "concurrency" | "set"> {
  readonly out: string;
  readonly json?: boolean;
}

/**
 * The configuration of a study that needs `users` test users with one conversation each: what belongs to methods, worlds and
 * histories is left out.
 */
export function studyConfig(config: Config, users: number): Config {
  const { testFile: _, ...own } = config.users;
  return {
    ...config,
    historyLength: 0,
    users: { ...own, train: 1, validation: 1, test: users },
    conversations: { ...config.conversations, perUser: 1 },
    mapping: { kind: "signed-permutation" },
    methods: [{ id: BASELINE.id }],
  };
}

/** The settings of several models that one flag names; without any, the configuration's model of that role. */
export async function modelsNamed(
  system: System,
  file: string | undefined,
  flags: StudyFlags,
  role: "base" | "judge",
  specs: readonly string[],
): Promise<ModelConfig[]> {
  if (specs.length === 0) return [(await resolveFlags(system, file, flags)).models[role]];
  const flag = { base: "model", judge: "judge" } as const;
  const models: ModelConfig[] = [];
  for (const spec of specs) {
    const { models: resolved } = await resolveFlags(system, file, { ...flags, [flag[role]]: spec });
    models.push(resolved[role]);
  }
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
 * @throws UsageError when the directory holds a benchmark run, which the study would overwrite
 */
export async function executeStudy<T>(
  system: System,
  config: Config,
  watcher: Watcher,
  study: (run: OpenRun, observe: Observer) => Promise<T>,
): Promise<T> {
  refuseRunDirectory(system, config.out);
  return executeInRun(system, config, watcher, (run, observe) => {
    writeConfig(system, config.out, config);
    return study(run, observe);
  });
}

/** The same in the directory of a benchmark run, whose store it shares and whose files the study leaves alone. */
export async function executeInRun<T>(
  system: System,
  config: Config,
  watcher: Watcher,
  study: (run: OpenRun, observe: Observer) => Promise<T>,
): Promise<T> {
  const run = await openRun(system, config);
  const progress = watcher(run.totals);
  try {
    const stored = run.store.countCalls();
    if (stored > 0) progress.observe({ type: "note", message: `continuing with ${stored} stored calls` });
    const result = await study(run, progress.observe);
    progress.end();
    run.store.flush();
    return result;
  } catch (error) {
    progress.end();
    await run.drain();
    throw error instanceof StoppedError ? resumable(error, config.out) : error;
  } finally {
    run.close();
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
