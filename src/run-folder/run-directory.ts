import { join } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import { recordedModels } from "../core/config/serve.ts";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
import type { Results } from "../core/run-record.ts";
import type { ProgressRecord } from "./progress-record.ts";
import { checkedResults } from "./results-shape.ts";

/** Names inside a run directory: a contract with scripts (spec section 10). */
export const RUN_FILES = {
  config: "config.json",
  results: "results.json",
  report: "report.html",
  samples: "samples.jsonl",
  users: "users.jsonl",
  store: "calls.sqlite",
  run: "run.json",
  progress: "progress.json",
  /** Of a sweep's cell alone, whose calls are in the sweep's store two folders up. */
  cell: "cell.json",
  tables: "tables",
  figures: "figures",
} as const;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The folder with a run's store: its own, or for a cell of a sweep the sweep's, two folders up. */
export function folderOfStore(dir: string, exists: (path: string) => boolean): string {
  const isCell = !exists(join(dir, RUN_FILES.store)) && exists(join(dir, RUN_FILES.cell));
  return isCell ? join(dir, "..", "..") : dir;
}

export function writeConfig(system: System, dir: string, config: Config): void {
  // Leave to spend once more is given to one invocation, not to all that follow.
  const { more: _, ...budget } = config.budget;
  system.writeFile(
    join(dir, RUN_FILES.config),
    json({ ...config, models: recordedModels(config.models), budget }),
  );
}

/** Writes `results.json` alone; whatever is drawn from it is made elsewhere. */
export function writeRecord(system: System, dir: string, results: Results): void {
  system.writeFile(join(dir, RUN_FILES.results), json(results));
}

/**
 * The record of a finished run; takes the run directory or the file itself.
 * @throws UsageError or ApmError when there is none, the run is not finished, or the record has another shape
 */
export function readResults(system: System, path: string): Results {
  const file = path.endsWith(".json") ? path : join(path, RUN_FILES.results);
  if (!path.endsWith(".json") && !system.exists(file)) throw noResults(system, path);
  return checkedResults(parseJson(system, file), file);
}

/** A folder without results: of a run that is not finished, which says how to go on, or of none. */
function noResults(system: System, dir: string): UsageError {
  const config = join(dir, RUN_FILES.config);
  if (!system.exists(config)) {
    return new UsageError("there is no run in this folder", {
      where: dir,
      remedy: "give a folder that `apm-bench run` wrote, such as runs/default",
    });
  }
  return new UsageError(`this run is not finished${reached(system, dir)}`, {
    where: dir,
    remedy: `wait for it, or run the same command again: what was answered is stored, and it goes on (apm-bench run ${config}); \`apm-bench view ${dir}\` shows what there is`,
  });
}

/** How far an unfinished run came, as its progress file tells. */
function reached(system: System, dir: string): string {
  const file = join(dir, RUN_FILES.progress);
  if (!system.exists(file)) return "";
  const { stages } = parseJson(system, file) as ProgressRecord;
  const last = stages?.at(-1);
  return last === undefined ? "" : `: it came to "${last.stage}", ${last.done} of ${last.total}`;
}
