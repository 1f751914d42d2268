import { join } from "node:path";
import { StoppedError } from "../core/errors.ts";
import type { Observer } from "../core/events.ts";
import type { System } from "../core/ports/system.ts";
import type { Sample, UserRecord } from "../core/run-record.ts";
import type { OwnMethod } from "../methods/own.ts";
import type { ComparableRun } from "../studies/compare-runs.ts";
import type { OwnEmbeddingModel, OwnLanguageModel, WrittenConfig } from "./config-objects.ts";
import { nodeFiles } from "./node-files.ts";

/** How a program carries out a run. */
export interface RunOptions {
  /** Aborted to stop: completed calls are stored, and the same call goes on. */
  readonly signal?: AbortSignal;
  /** Told what a run tells whoever watches it: stages, progress, notes, servers that are waited for. */
  readonly onEvent?: Observer;
  /** Methods of one's own, after those of the configuration. */
  readonly methods?: readonly OwnMethod[];
  /** Models of one's own, in place of the configuration's. */
  readonly models?: {
    readonly base?: OwnLanguageModel;
    readonly candidate?: OwnLanguageModel;
    readonly rewriter?: OwnLanguageModel;
    readonly judge?: OwnLanguageModel;
    readonly embedder?: OwnEmbeddingModel;
  };
  /** Where relative paths begin; the process's own folder when absent. */
  readonly cwd?: string;
}

/** A finished run: its record, and what lies beside it. */
export interface FinishedRun extends ComparableRun {
  /** The run directory. */
  readonly folder: string;
  /** Every answer with its scores, read from the disk a line at a time. */
  samples(): Iterable<Sample>;
  /** The test users, with what no method was shown. */
  users(): Iterable<UserRecord>;
}

/**
 * Carries out the benchmark in the folder that the configuration names as `out`, and writes the same files as
 * `apm-bench run`. Calls that the folder has stored are not made again.
 * @param config as `apm.config.ts` holds it; defaults fill what it leaves out
 * @throws UsageError for a configuration that is wrong or cannot be carried out; StoppedError when the signal was aborted or
 *   the budget is spent; ApmError for what fails on the way
 */
export async function run(config: WrittenConfig, options: RunOptions = {}): Promise<FinishedRun> {
  const { signal, onEvent = () => {}, methods = [], models = {}, cwd = process.cwd() } = options;
  const { openRun } = await import("./compose.ts");
  const { executeRun } = await import("./execute-run.ts");
  const { completeConfig, merge, overBundle } = await import("./resolve.ts");
  const { parseUserConfig } = await import("../core/config/load.ts");
  const { objectsIn, withObjectsNamed } = await import("./config-objects.ts");
  const { DEFAULTS } = await import("../core/config/defaults.ts");
  const { withOwnCommands } = await import("../core/config/serve.ts");

  const system = librarySystem(cwd, onEvent, signal);
  const own = config.methods ?? (methods.length > 0 ? DEFAULTS.methods : undefined);
  const written = {
    ...config,
    models: { ...config.models, ...models },
    // Without any, a frozen set has some of its own, before those that stand for nothing said.
    ...(own && { methods: [...own, ...methods] }),
  };
  const named = parseUserConfig(withObjectsNamed(written), "the configuration handed to run()");
  const layers = await overBundle(system, [{ config: named, from: () => "the program" }]);
  const resolved = completeConfig(system, withOwnCommands(merge(layers)));
  const open = await openRun(system, resolved, objectsIn(written));
  await executeRun(system, open, () => ({ observe: onEvent, end: () => {} }));
  return finishedRun(system, resolved.out);
}

/**
 * A finished run from its folder: no model and none of its methods are needed.
 * @param folder the run directory
 * @throws UsageError or ApmError when one of its files is missing or has another form
 */
export async function readRun(folder: string, { cwd = process.cwd() } = {}): Promise<FinishedRun> {
  return finishedRun(librarySystem(cwd), folder);
}

async function finishedRun(system: System, folder: string): Promise<FinishedRun> {
  const { readRun: read } = await import("../run-folder/read-run.ts");
  const { RUN_FILES } = await import("../run-folder/run-directory.ts");
  const lines = <T>(name: string): Iterable<T> => ({
    *[Symbol.iterator]() {
      for (const { text } of system.readLines(join(folder, name)))
        if (text !== "") yield JSON.parse(text) as T;
    },
  });
  return {
    folder,
    ...read(system, folder),
    samples: () => lines<Sample>(RUN_FILES.samples),
    users: () => lines<UserRecord>(RUN_FILES.users),
  };
}

/** The world outside as a program's run sees it: nothing is printed, and signals of the process are the program's own. */
function librarySystem(cwd: string, onEvent: Observer = () => {}, signal?: AbortSignal): System {
  const stop = new AbortController();
  const stopped = (): void => stop.abort(new StoppedError("stopped on request", { cause: signal?.reason }));
  if (signal?.aborted) stopped();
  signal?.addEventListener("abort", stopped, { once: true });
  return {
    ...nodeFiles(cwd),
    env: process.env,
    isTerminal: false,
    stdout: () => {},
    stderr: (text) => onEvent({ type: "note", message: text.trimEnd() }),
    stopSignal: stop.signal,
  };
}
