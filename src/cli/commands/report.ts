import { join } from "node:path";
import { Command } from "commander";
import { writeReports } from "../../app/write-reports.ts";
import type { System } from "../../core/ports/system.ts";
import { methodTable } from "../../report/run-tables.ts";
import { textTable } from "../../report/table.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";

/** `report`: makes report and tables again from a finished run; no model is asked. */
export function reportCommand(system: System): Command {
  return new Command("report")
    .description("make report.html and the tables again from a finished run; asks no model")
    .argument("<run>", "run directory")
    .option("--json", "print the run record to standard output")
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const results = readResults(system, dir);
      await writeReports(system, dir, results);
      if (json) system.stdout(`${JSON.stringify(results)}\n`);
      else system.stdout(`${textTable(methodTable(results))}\n\nreport: ${join(dir, RUN_FILES.report)}\n`);
    });
}
