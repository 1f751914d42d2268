import { join } from "node:path";
import type { System } from "../core/ports/system.ts";
import type { Results } from "../core/run-record.ts";
import { runTables } from "../report/run-tables.ts";
import { csvTable, latexTable } from "../report/table.ts";
import { readExamples } from "../run-folder/read-examples.ts";
import { RUN_FILES, writeRecord } from "../run-folder/run-directory.ts";

/** Users whose answers the report shows. */
const EXAMPLES = 2;

/** Writes the record and everything that is made from it. */
export async function writeResults(system: System, dir: string, results: Results): Promise<void> {
  writeRecord(system, dir, results);
  await writeReports(system, dir, results);
}

/**
 * Report, figures and tables, from the record and the first samples: no model is asked. Loads the drawing library, which the start of
 * every other command would have to wait for.
 */
export async function writeReports(system: System, dir: string, results: Results): Promise<void> {
  const { runFigures } = await import("../report/figures/run-figures.ts");
  const { standaloneSvg } = await import("../report/figures/svg.ts");
  const { renderReport } = await import("../report/html.ts");
  for (const table of runTables(results)) {
    system.writeFile(join(dir, RUN_FILES.tables, `${table.id}.csv`), csvTable(table, results));
    system.writeFile(join(dir, RUN_FILES.tables, `${table.id}.tex`), latexTable(table, results));
  }
  for (const { id, svg } of runFigures(results)) {
    system.writeFile(join(dir, RUN_FILES.figures, `${id}.svg`), standaloneSvg(svg, results));
  }
  system.writeFile(
    join(dir, RUN_FILES.report),
    renderReport(results, readExamples(system, dir, results, EXAMPLES)),
  );
}
