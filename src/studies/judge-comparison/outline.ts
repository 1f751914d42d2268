import { type Simulated, simulatedInAny } from "../../core/simulated.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import type { JudgeComparison } from "./compare.ts";
import { comparisonTable, judgeFigures, judgeWords, overallTable, pairTable } from "./report.ts";
import type { JudgeScores } from "./scores.ts";

/** @param notes further sentences, such as where the scores come from */
export function judgeOutline(
  comparison: JudgeComparison,
  judges: readonly JudgeScores[],
  mark: Simulated,
  notes: readonly string[] = [],
): StudyOutline {
  const words = [...judgeWords(comparison), ...notes];
  const [overall, pairs] = [overallTable(comparison), pairTable(comparison)];
  return {
    title: "Which judge to trust?",
    subtitle: `${judges.length} ${judges.length === 1 ? "judge" : "judges"} on antonym pairs: a judge without bias gives a text s on one word and 11 − s on its opposite.`,
    ...simulatedInAny([mark]),
    words,
    tables: [overall, pairs, comparisonTable(comparison)],
    shown: [overall, pairs, words.join("\n")],
    figures: () => judgeFigures(comparison, judges),
  };
}
