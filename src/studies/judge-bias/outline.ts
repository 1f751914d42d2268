import type { UsageRow } from "../../core/run-record.ts";
import { type Simulated, simulatedInAny } from "../../core/simulated.ts";
import { whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import type { BiasAnalysis } from "./analyse.ts";
import { biasFigures, biasWords, changeTable, criterionTable, effectTable } from "./report.ts";

export interface BiasRecord extends BiasAnalysis, Simulated {
  /** provider:model */
  readonly judge: string;
  readonly usage: readonly UsageRow[];
}

/** @param models names of the base models */
export function biasOutline(record: BiasRecord, models: readonly string[]): StudyOutline {
  const words = biasWords(record);
  const criteria = criterionTable(record);
  return {
    title: "What does a judge reward who looks at one answer?",
    subtitle: `Judge ${record.judge}; base ${models.join(", ")}; ${whole(record.users)} users.`,
    ...simulatedInAny([record]),
    words,
    tables: [criteria, changeTable(record), effectTable(record)],
    shown: [criteria, words.join("\n")],
    figures: () => biasFigures(record),
  };
}
