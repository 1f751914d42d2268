import { join } from "node:path";
import type { System } from "../../core/ports/system.ts";
import { VERSION } from "../../core/version.ts";
import { type StudyOutline, studyPage } from "../../report/study-page.ts";
import { csvTable, latexTable } from "../../report/table.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";

/** What a study calls its record and its page: contracts with scripts. */
export interface StudyFiles {
  readonly record: string;
  readonly page: string;
}

/** A study that was carried out: what it found, how to show it, and where its files belong. */
export interface FinishedStudy<Found = unknown> {
  readonly record: Found;
  readonly outline: StudyOutline;
  /** `undefined`: no files are wanted. */
  readonly folder: string | undefined;
  readonly files: StudyFiles;
  /** Further files that the study has left in its folder already. */
  readonly also: readonly string[];
}

/** Names in a folder that is a study's own. */
export const OWN_FOLDER: StudyFiles = { record: RUN_FILES.results, page: RUN_FILES.report };

/** Writes record, page, tables as CSV and LaTeX, and figures as SVG. Loads the drawing library. */
export async function writeStudy(
  system: System,
  folder: string,
  { record, outline, files }: FinishedStudy,
): Promise<void> {
  const { standaloneSvg } = await import("../../report/figures/svg.ts");
  const figures = await outline.figures();
  system.writeFile(join(folder, files.record), `${JSON.stringify(record, null, 2)}\n`);
  system.writeFile(join(folder, files.page), studyPage({ ...outline, figures }, VERSION));
  for (const table of outline.tables) {
    system.writeFile(join(folder, "tables", `${table.id}.csv`), csvTable(table, outline));
    system.writeFile(join(folder, "tables", `${table.id}.tex`), latexTable(table, outline));
  }
  for (const { id, svg } of figures) {
    system.writeFile(join(folder, "figures", `${id}.svg`), standaloneSvg(svg, outline));
  }
}
