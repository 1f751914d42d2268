import { type Simulated, simulatedWords } from "../core/simulated.ts";
import { interval, pValue, signed } from "../report/format.ts";
import { INTERVAL, textTable } from "../report/table.ts";
import type { RunComparison } from "../studies/compare-runs.ts";

/** Two runs side by side, for a terminal. */
export function shownComparison({ changes, onlyA, onlyB }: RunComparison, mark: Simulated): string {
  const table = textTable({
    columns: [
      { title: "method", align: "left" },
      { title: "Δ first", align: "right" },
      { title: "Δ second", align: "right" },
      { title: "change", align: "right" },
      INTERVAL,
      { title: "p (Holm)", align: "right" },
      { title: "comparison", align: "left" },
    ],
    rows: changes.map((c) => [
      c.name,
      signed(c.deltaA),
      signed(c.deltaB),
      signed(c.change),
      interval(c.changeCi95, signed),
      pValue(c.pValueAdjusted),
      c.kind === "paired" ? `paired, ${c.pairs} pairs` : "unpaired",
    ]),
  });
  const alone = [
    ...(onlyA.length > 0 ? [`only in the first run: ${onlyA.join(", ")}`] : []),
    ...(onlyB.length > 0 ? [`only in the second run: ${onlyB.join(", ")}`] : []),
  ];
  return `${[...(mark.simulated ? [simulatedWords(mark), ""] : []), table, ...alone].join("\n")}\n`;
}
