import { interval, pValue, signed } from "../report/format.ts";
import { INTERVAL, left, right, type Table } from "../report/table.ts";
import type { RunComparison } from "../studies/compare-runs.ts";

/** Two runs side by side, one row a method that both have. */
export function comparisonTable({ changes }: RunComparison): Pick<Table, "columns" | "rows"> {
  return {
    columns: [
      left("method"),
      right("Δ first"),
      right("Δ second"),
      right("change"),
      INTERVAL,
      right("p (Holm)"),
      left("comparison"),
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
  };
}

/** What one of the runs has alone, a sentence each. */
export function aloneWords({ onlyA, onlyB }: RunComparison): string[] {
  return [
    ...(onlyA.length > 0 ? [`only in the first run: ${onlyA.join(", ")}`] : []),
    ...(onlyB.length > 0 ? [`only in the second run: ${onlyB.join(", ")}`] : []),
  ];
}
