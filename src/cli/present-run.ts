import { join } from "node:path";
import type { System } from "../core/ports/system.ts";
import type { Results } from "../core/run-record.ts";
import { whole } from "../report/format.ts";
import { headline } from "../report/headline.ts";
import { usageTable } from "../report/run-tables.ts";
import { textTable } from "../report/table.ts";
import { mainTables } from "../report/terminal.ts";
import { RUN_FILES } from "../run-folder/run-directory.ts";

/** What a run found, on standard output: tables and words, or the record. */
export function presentRun(
  system: System,
  results: Results,
  out: string,
  storedCalls: number,
  flags: { readonly json?: boolean; readonly pairs?: boolean },
): void {
  if (flags.json) {
    system.stdout(`${JSON.stringify(results)}\n`);
    return;
  }
  system.stdout(
    [
      "",
      mainTables(results, flags),
      "",
      headline(results),
      "",
      textTable(usageTable(results)),
      "",
      `run directory: ${out} (${RUN_FILES.results}, ${RUN_FILES.samples}, tables, ${whole(storedCalls)} stored calls)`,
      `report:        ${join(out, RUN_FILES.report)}`,
      "",
    ].join("\n"),
  );
}
