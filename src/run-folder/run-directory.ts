import { join } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import { parseJson } from "../core/json-file.ts";
import type { System } from "../core/ports/system.ts";
import type { Results } from "../core/run-record.ts";
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

export function writeConfig(system: System, dir: string, config: Config): void {
  // Leave to spend once more is given to one invocation, not to all that follow.
  const { more: _, ...budget } = config.budget;
  system.writeFile(join(dir, RUN_FILES.config), json({ ...config, budget }));
}

/** Writes `results.json` alone; whatever is drawn from it is made elsewhere. */
export function writeRecord(system: System, dir: string, results: Results): void {
  system.writeFile(join(dir, RUN_FILES.results), json(results));
}

/**
 * The record of a finished run; takes the run directory or the file itself.
 * @throws UsageError or ApmError when there is none, or it has another shape
 */
export function readResults(system: System, path: string): Results {
  const file = path.endsWith(".json") ? path : join(path, RUN_FILES.results);
  return checkedResults(parseJson(system, file), file);
}
