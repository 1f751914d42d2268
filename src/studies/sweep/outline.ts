import { simulatedInAny } from "../../core/simulated.ts";
import { whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { curveFigures } from "./curve-figures.ts";
import { curveTables, curveWords } from "./curve-tables.ts";
import type { SweepRecord } from "./record.ts";
import { cellTable, sweepFigures, sweepTables, sweepWords, usageTable } from "./report.ts";

export function sweepOutline(record: SweepRecord): StudyOutline {
  const { keys, cells, storedCalls } = record;
  const words = [...sweepWords(record), ...curveWords(record)];
  return {
    title: `Sweep over ${keys.map(({ key }) => key).join(" and ")}`,
    subtitle: `${cells.length} cells; ${whole(storedCalls)} stored calls; the whole run of each cell is in its folder`,
    ...simulatedInAny([record]),
    words,
    tables: sweepTables(record),
    shown: [cellTable(record), ...curveTables(record), words.join("\n"), usageTable(record)],
    figures: async () => [...(await sweepFigures(record)), ...(await curveFigures(record))],
  };
}
