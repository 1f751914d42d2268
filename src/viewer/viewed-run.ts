import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json-file.ts";
import type { MethodResult, ResultConfig, Results } from "../core/run-record.ts";
import { simulatedWords } from "../core/simulated.ts";
import { isBaseline, roleOf } from "../methods/about.ts";
import { methodHead } from "../methods/registry.ts";
import { methodColours } from "../report/figures/colours.ts";
import { interval, signed } from "../report/format.ts";
import type { ProgressRecord } from "../run-folder/progress-record.ts";
import { checkedResults } from "../run-folder/results-shape.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";
import type { RunHead, RunState } from "./api-types.ts";
import { type JudgeReader, judgeReader } from "./judge-output.ts";
import { openRunIndex, type RunIndex } from "./run-index.ts";

/** A run directory that is looked at, as it stands at each look. */
export interface ViewedRun {
  readonly id: number;
  readonly dir: string;
  readonly index: RunIndex;
  readonly judge: JudgeReader;
  state(): RunState;
  progress(): ProgressRecord | null;
  /** The record of the last run that ended here; `null` while one goes on or when none ever ended. */
  results(): Results | null;
  config(): ResultConfig;
  head(): RunHead;
  close(): void;
}

/** @throws UsageError when the folder holds no run */
export function viewRun(id: number, name: string, dir: string): ViewedRun {
  const read = <T>(file: string, check = (value: unknown, _where: string) => value as T) =>
    cachedJson(join(dir, file), (value) => check(value, join(name, file)));
  const files = {
    results: read<Results>(RUN_FILES.results, checkedResults),
    progress: read<ProgressRecord>(RUN_FILES.progress),
    config: read<Config>(RUN_FILES.config),
  };
  if (files.results() === null && files.config() === null) {
    throw new UsageError("there is no run in this folder", {
      where: name,
      remedy: "give a folder that `apm-bench run` wrote, such as runs/default",
    });
  }

  const index = openRunIndex(dir);
  const judge = judgeReader(dir);
  const state = (): RunState => {
    const progress = files.progress();
    if (progress === null) return files.results() === null ? "failed" : "finished";
    if (progress.state !== "running") return progress.state;
    return isAlive(progress) ? "running" : "stopped";
  };
  const results = (): Results | null => (state() === "running" ? null : files.results());
  const config = (): ResultConfig => results()?.config ?? (files.config() as Config);
  return {
    id,
    dir,
    index,
    judge,
    state,
    progress: files.progress,
    results,
    config,
    head() {
      const finished = results();
      const { methods: configured, worlds, pool } = config();
      const methods = finished?.methods ?? configured.map(methodHead);
      const colours = methodColours(methods);
      return {
        id,
        name,
        state: state(),
        simulated: simulatedWords({ simulated: false, ...(finished ?? files.progress()) }),
        methods: methods.map((m, i) => ({
          id: m.id,
          name: m.name,
          role: roleOf(m),
          colour: colours.get(m.name) as string,
          gain: gainOf(finished?.methods[i]),
        })),
        worlds,
        attributes: pool.attributes,
        principles: pool.principles,
      };
    },
    close() {
      index.close();
      judge.close();
    },
  };
}

function gainOf(method: MethodResult | undefined): string | null {
  if (method === undefined || isBaseline(method)) return null;
  const { delta, deltaCi95 } = method.summary;
  return `${signed(delta)} ${interval(deltaCi95, signed)}`;
}

/**
 * A JSON file, read again when it changed; `null` while there is none.
 * @throws UsageError when it is no JSON, and whatever `check` throws
 */
function cachedJson<T>(path: string, check: (value: unknown) => T): () => T | null {
  let seen = "";
  let value: T | null = null;
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const now = `${stat.ino}/${stat.size}/${stat.mtimeMs}`;
    if (now !== seen) {
      value = check(parseJson({ readFile: (file) => readFileSync(file) }, path));
      seen = now;
    }
    return value;
  };
}

/** A run on another machine that shares the disk has no process here: its file must be fresh instead. */
const FRESH_MS = 60_000;

function isAlive({ pid, host, updatedAt }: ProgressRecord): boolean {
  if (host !== hostname()) return Date.now() - Date.parse(updatedAt) < FRESH_MS;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
