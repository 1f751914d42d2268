import type { Simulated } from "../../core/simulated.ts";
import type { StudyOutline } from "../../report/study-page.ts";
import {
  antonymTable,
  candidateTable,
  eigenvalueTable,
  loadingsTable,
  selectionFigures,
  selectionWords,
  solutionTable,
} from "./report.ts";
import type { AttributeSelection } from "./select.ts";

/** Loadings shown for each component on a terminal. */
const SHOWN = 4;

/**
 * @param source where the ratings come from
 * @param k the solution that a terminal shows; the last one where there is none of this size
 */
export function selectionOutline(
  selection: AttributeSelection,
  { source, mark, k }: { source: string; mark: Simulated; k: number | undefined },
): StudyOutline {
  const { solutions } = selection;
  const words = selectionWords(selection);
  const last = solutions.find((solution) => solution.k === k) ?? solutions.at(-1);
  return {
    title: "Which attributes or principles to build on?",
    subtitle: `Ratings: ${source}. Components of their correlations, rotated (raw varimax).`,
    ...mark,
    words,
    tables: [
      solutionTable(selection),
      ...solutions.map((solution) => loadingsTable(solution, Number.POSITIVE_INFINITY)),
      antonymTable(selection),
      eigenvalueTable(selection),
      candidateTable(selection),
    ],
    shown: [
      words.join("\n"),
      solutionTable(selection),
      ...(last === undefined ? [] : [`k = ${last.k}`, loadingsTable(last, SHOWN)]),
    ],
    figures: () => selectionFigures(selection),
  };
}
