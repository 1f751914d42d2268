import { join } from "node:path";
import { Command } from "commander";
import type { System } from "../../core/ports/system.ts";

/** `report`: makes report and tables again from a finished run; no model is asked. */
export function reportCommand(system: System): Command {
  return new Command("report")
    .argument("<run>", "run directory")
    .option("--pairs", "print every two methods against each other, too")
    .option("--json", "print the run record to standard output")
    .action(async (dir: string, { json, pairs = false }: { json?: boolean; pairs?: boolean }) => {
      const { RUN_FILES, readResults } = await import("../../run-folder/run-directory.ts");
      const { writeReports } = await import("../../app/write-reports.ts");
      const results = readResults(system, dir);
      await writeReports(system, dir, results);
      if (json) {
        system.stdout(`${JSON.stringify(results)}\n`);
        return;
      }
      const { mainTables } = await import("../../report/terminal.ts");
      system.stdout(`${mainTables(results, { pairs })}\n\nreport: ${join(dir, RUN_FILES.report)}\n`);
    });
}
