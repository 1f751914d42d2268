import type { Simulated } from "../core/simulated.ts";
import type { Figure } from "./figures/figure.ts";
import { disclosure, figureBlock, paragraph, renderPage, tableBlock } from "./page/page.ts";
import type { Table } from "./table.ts";

/** What a study has to say, ready to be written in any form. */
export interface StudyReport extends Simulated {
  readonly title: string;
  /** What was studied, in one line. */
  readonly subtitle: string;
  /** The result in words, one paragraph each. */
  readonly words: readonly string[];
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

/** A study's report before its figures are drawn: drawing loads a library, which only files need. */
export interface StudyOutline extends Omit<StudyReport, "figures"> {
  /** What a terminal shows, in this order: tables, and paragraphs as text. */
  readonly shown: readonly (Table | string)[];
  figures(): Promise<readonly Figure[]>;
}

/** Longer tables are folded. */
const FOLDED_ROWS = 40;

/** The report as one self-contained page: words, figures, tables. */
export function studyPage(report: StudyReport, version: string): string {
  const tables = report.tables.map((table) =>
    table.rows.length > FOLDED_ROWS
      ? disclosure(`${table.caption} (${table.rows.length} rows)`, tableBlock(table, report))
      : tableBlock(table, report),
  );
  return renderPage({
    ...report,
    mark: report,
    lead: report.words.map((text) => paragraph(text)).join("\n"),
    sections: [
      { id: "figures", title: "Figures", body: report.figures.map(figureBlock).join("\n") },
      { id: "tables", title: "Tables", body: tables.join("\n") },
    ],
    version,
  });
}
