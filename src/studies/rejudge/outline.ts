import { simulatedInAny } from "../../core/simulated.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import type { RejudgeRecord } from "./record.ts";
import { gainTable, outcomeTable, rejudgeFigures, rejudgeTables } from "./report.ts";
import { rejudgeWords } from "./words.ts";

export function rejudgeOutline(record: RejudgeRecord): StudyOutline {
  const words = rejudgeWords(record);
  return {
    title: "Does the conclusion hold for another judge?",
    subtitle: `First judge ${record.judges.first.id}, second judge ${record.judges.second.id}.`,
    ...simulatedInAny([record]),
    words,
    tables: rejudgeTables(record),
    shown: [gainTable(record), outcomeTable(record), words.join("\n")],
    figures: () => rejudgeFigures(record),
  };
}
