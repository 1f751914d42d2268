import { join } from "node:path";
import type { Config } from "../core/config/resolved.ts";
import { ApmError } from "../core/errors.ts";
import { RESULTS_SCHEMA, type Results } from "../core/run-record.ts";
import { runTables } from "../report/run-tables.ts";
import { csvTable, latexTable } from "../report/table.ts";
import { parseJson } from "../app/config-file.ts";
import type { System } from "../core/ports/system.ts";

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
  system.writeFile(join(dir, RUN_FILES.config), json(config));
}

/** Writes the record and everything that is made from it. */
export async function writeResults(system: System, dir: string, results: Results): Promise<void> {
  system.writeFile(join(dir, RUN_FILES.results), json(results));
  await writeReports(system, dir, results);
}

/**
 * Report, figures and tables, from the record alone: no model is asked. Loads the drawing library, which the start of
 * every other command would have to wait for.
 */
export async function writeReports(system: System, dir: string, results: Results): Promise<void> {
  const { runFigures } = await import("../report/figures/run-figures.ts");
  const { standaloneSvg } = await import("../report/figures/svg.ts");
  const { renderReport } = await import("../report/html.ts");
  for (const table of runTables(results)) {
    system.writeFile(join(dir, RUN_FILES.tables, `${table.id}.csv`), csvTable(table));
    system.writeFile(join(dir, RUN_FILES.tables, `${table.id}.tex`), latexTable(table));
  }
  for (const { id, svg } of runFigures(results)) {
    system.writeFile(join(dir, RUN_FILES.figures, `${id}.svg`), standaloneSvg(svg));
  }
  system.writeFile(join(dir, RUN_FILES.report), renderReport(results));
}

/**
 * The record of a finished run; takes the run directory or the file itself.
 * @throws UsageError or ApmError when there is none, or it has another shape
 */
export function readResults(system: System, path: string): Results {
  const file = path.endsWith(".json") ? path : join(path, RUN_FILES.results);
  const value = parseJson(system, file) as Partial<Results> | null;
  if (value?.schema !== RESULTS_SCHEMA) {
    throw new ApmError(`this is not a run record of this version (schema: ${String(value?.schema)})`, {
      where: file,
      remedy: `give a run directory, or its results.json with schema "${RESULTS_SCHEMA}"`,
    });
  }
  return value as Results;
}
