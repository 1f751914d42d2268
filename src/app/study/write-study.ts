import { join } from "node:path";
import type { System } from "../../core/ports/system.ts";
import { VERSION } from "../../core/version.ts";
import { type StudyReport, studyPage } from "../../report/study-page.ts";
import { csvTable, latexTable } from "../../report/table.ts";

/**
 * Writes a study's folder: record and page (results.json and report.html, where it has no names of its own), tables as
 * CSV and LaTeX, figures as SVG. Loads the drawing library.
 */
export async function writeStudy(
  system: System,
  dir: string,
  results: unknown,
  report: StudyReport,
  files: { readonly record: string; readonly page: string } = { record: "results.json", page: "report.html" },
): Promise<void> {
  const { standaloneSvg } = await import("../../report/figures/svg.ts");
  system.writeFile(join(dir, files.record), `${JSON.stringify(results, null, 2)}\n`);
  system.writeFile(join(dir, files.page), studyPage(report, VERSION));
  for (const table of report.tables) {
    system.writeFile(join(dir, "tables", `${table.id}.csv`), csvTable(table));
    system.writeFile(join(dir, "tables", `${table.id}.tex`), latexTable(table));
  }
  for (const { id, svg } of report.figures) {
    system.writeFile(join(dir, "figures", `${id}.svg`), standaloneSvg(svg));
  }
}
