import { Command, Option } from "commander";
import type { ExportFormat } from "../../app/export/export-run.ts";
import type { System } from "../../core/ports/system.ts";

interface ExportFlags {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly json?: boolean;
}

/** Named here too, for the help must not wait for what writes them. */
const FORMATS: readonly ExportFormat[] = ["parquet", "every-eval-ever", "inspect"];

/** `export`: a finished run in a form that other tools read. */
export function exportCommand(system: System): Command {
  return new Command("export")
    .argument("<run>", "run directory")
    .addOption(new Option("--format <name>", "what to write").choices(FORMATS).makeOptionMandatory())
    .option("--out <dir>", "folder to write to (by default exports/FORMAT in the run directory)")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, { json, ...flags }: ExportFlags) => {
      const { exportRun } = await import("../../app/export/export-run.ts");
      const { consoleWatcher } = await import("../progress.ts");
      const { out, files, notes } = await exportRun(system, path, flags, consoleWatcher(system));
      for (const note of notes) system.stderr(`note: ${note}\n`);
      if (json) system.stdout(`${JSON.stringify({ format: flags.format, out, files, notes })}\n`);
      else system.stdout(`${files.map((file) => `wrote ${file}`).join("\n")}\n`);
    });
}

const EXAMPLES = `
Formats:
  parquet            users, samples, scores, candidates and ratings, for pandas, Polars and DuckDB
  every-eval-ever    one record a method and its instances, for the Every Eval Ever database (schema 0.3)
  inspect            one log a method and world, for the viewer and the data frames of Inspect

Examples:
  apm-bench export runs/default --format parquet
  apm-bench export runs/default --format inspect --out logs      then: inspect view --log-dir logs
`;
