import { type Simulated, simulatedWords } from "../core/simulated.ts";
import { aloneWords, comparisonTable } from "../exports/comparison.ts";
import { textTable } from "../report/table.ts";
import type { RunComparison } from "../studies/compare-runs.ts";

/** Two runs side by side, for a terminal. */
export function shownComparison(comparison: RunComparison, mark: Simulated): string {
  const head = mark.simulated ? [simulatedWords(mark), ""] : [];
  return `${[...head, textTable(comparisonTable(comparison)), ...aloneWords(comparison)].join("\n")}\n`;
}
