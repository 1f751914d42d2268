import { simulatedInAny } from "../../core/simulated.ts";
import { whole } from "../../report/format.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import { explainFigures } from "./figures.ts";
import type { ExplainRecord } from "./record.ts";
import { explainTables, partsTable, rungTable } from "./tables.ts";
import { explainWords } from "./words.ts";

export function explainOutline(record: ExplainRecord): StudyOutline {
  const { users, worlds } = record;
  const words = explainWords(record);
  return {
    title: "Where is the gain lost?",
    subtitle: `Base LLM ${record.baseModel}; ${whole(users.train)} train and ${whole(users.test)} test users, ${worlds.length} ${worlds.length === 1 ? "world" : "worlds"}.`,
    ...simulatedInAny([record]),
    words,
    tables: explainTables(record),
    shown: [partsTable(record), rungTable(record), words.join("\n")],
    figures: () => explainFigures(record),
  };
}
