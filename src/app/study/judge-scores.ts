import type { System } from "../../core/ports/system.ts";
import { rootKey } from "../../core/random.ts";
import { SIMULATED } from "../../report/headline.ts";
import { textTable } from "../../report/table.ts";
import { compareJudges } from "../../studies/judge-comparison/compare.ts";
import {
  comparisonTable,
  judgeFigures,
  judgeWords,
  overallTable,
  pairTable,
} from "../../studies/judge-comparison/report.ts";
import type { JudgeScores } from "../../studies/judge-comparison/scores.ts";
import { writeStudy } from "./write-study.ts";

export interface JudgeOutput {
  readonly out?: string;
  readonly seed: number;
  readonly json?: boolean;
  readonly simulated: boolean;
  /** Where the scores come from, when a model was asked for them: stands in the record and on the page. */
  readonly collected?: {
    readonly words: readonly string[];
    readonly record: Readonly<Record<string, unknown>>;
  };
}

/** Compares judges and writes or prints the comparison. */
export async function outputComparison(
  system: System,
  judges: readonly JudgeScores[],
  { out, seed, json, simulated, collected }: JudgeOutput,
): Promise<void> {
  const comparison = compareJudges(judges, rootKey(seed));
  const record = { ...(simulated ? { simulated } : {}), ...collected?.record, ...comparison };
  const words = [...judgeWords(comparison), ...(collected?.words ?? [])];
  if (out !== undefined) {
    await writeStudy(system, out, record, {
      title: "Which judge to trust?",
      subtitle: `${judges.length} ${judges.length === 1 ? "judge" : "judges"} on antonym pairs: a judge without bias gives a text s on one word and 11 − s on its opposite.`,
      simulated,
      words,
      tables: [overallTable(comparison), pairTable(comparison), comparisonTable(comparison)],
      figures: await judgeFigures(comparison, judges),
    });
  }
  if (json) {
    system.stdout(`${JSON.stringify(record)}\n`);
    return;
  }
  const parts = [
    ...(simulated ? [SIMULATED] : []),
    textTable(overallTable(comparison)),
    textTable(pairTable(comparison)),
    words.join("\n"),
  ];
  system.stdout(`${parts.join("\n\n")}\n`);
  if (out !== undefined) system.stdout(`wrote ${out}\n`);
}
