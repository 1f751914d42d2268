import * as Plot from "@observablehq/plot";
import { plotSvg } from "./svg.ts";

/** One method: an estimate with its bounds (`null`: none, or unbounded), what is written beside it, and small marks. */
export interface IntervalRow {
  readonly name: string;
  readonly colour: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly text: string;
  readonly marks?: readonly number[];
}

export interface IntervalAxis {
  readonly label: string;
  /** Where nothing is gained. */
  readonly reference: number;
  readonly type?: "linear" | "log";
  readonly tickFormat: (value: number, index: number, ticks?: readonly number[]) => string;
}

/** Texts in the page's own colour around their letters, so that the reference line passes behind them. */
const HALO = { fill: "currentColor", stroke: "var(--page, #ffffff)", strokeWidth: 5 } as const;

const ROW = 46;
const WIDTH = 430;

/**
 * Estimates with intervals, one row each, around a reference line. Names and numbers stand above each row instead of
 * beside it, so that the figure is readable at the width of a phone.
 */
export function intervalPlot(label: string, rows: readonly IntervalRow[], axis: IntervalAxis): string {
  const colour = (row: { colour: string }): string => row.colour;
  const marks = rows.flatMap((row) => (row.marks ?? []).map((value) => ({ ...row, value })));
  const right = Math.max(axis.reference, ...rows.flatMap((r) => [r.value ?? 0, r.high ?? 0]));
  const bounded = rows.filter((r) => r.low !== null).map((r) => ({ ...r, high: r.high ?? right }));
  return plotSvg(
    { label: `${label}. ${rows.map((r) => `${r.name}: ${r.text}`).join("; ")}` },
    {
      width: WIDTH,
      height: 46 + ROW * rows.length,
      marginLeft: 8,
      marginRight: 8,
      marginTop: 4,
      marginBottom: 42,
      x: {
        label: axis.label,
        labelAnchor: "center",
        labelArrow: "none",
        inset: 14,
        ticks: 6,
        tickFormat: axis.tickFormat,
        type: axis.type ?? "linear",
      },
      y: { axis: null, domain: rows.map((r) => r.name), type: "band", padding: 0 },
      marks: [
        Plot.gridX({ ticks: 6, strokeOpacity: 0.12 }),
        Plot.ruleX([axis.reference], { strokeOpacity: 0.7 }),
        Plot.tickX(marks, {
          x: "value",
          y: "name",
          stroke: colour,
          strokeOpacity: 0.45,
          insetTop: 24,
          insetBottom: 8,
        }),
        Plot.ruleY(bounded, { y: "name", x1: "low", x2: "high", stroke: colour, strokeWidth: 2.5, dy: 8 }),
        Plot.dot(
          rows.filter((r) => r.value !== null),
          { x: "value", y: "name", fill: colour, r: 5, dy: 8 },
        ),
        Plot.text(rows, { y: "name", text: "name", frameAnchor: "left", dy: -10, fontWeight: 600, ...HALO }),
        Plot.text(rows, { y: "name", text: "text", frameAnchor: "right", dy: -10, ...HALO }),
      ],
    },
  );
}
