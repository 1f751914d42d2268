import type { Results } from "../core/run-record.ts";
import { classifierTables } from "./classifier-tables.ts";
import type { RunFigure } from "./figures/run-figures.ts";
import { disclosure, figureGrid, type Section, tableBlock } from "./page/page.ts";

/** Routers beside each other: how much they have learned, of what. */
export function classifierSection(results: Results, figures: readonly RunFigure[]): Section[] {
  const [accuracy, ...rest] = classifierTables(results);
  if (accuracy === undefined) return [];
  return [
    {
      id: "classifiers",
      title: "How well classifiers of styles learned",
      body: [
        tableBlock(accuracy, results),
        figureGrid(figures, "small"),
        ...rest.map((table) => disclosure("What they learned", tableBlock(table, results))),
      ].join("\n"),
    },
  ];
}
