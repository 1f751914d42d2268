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

const ROW = 46;
const WIDTH = 430;
const MARGIN = 8;
const INSET = 14;
/** Widths of a letter in bold and plain type of 10 px, at the most. */
const BOLD = 6.6;
const PLAIN = 6;
/** Between the reference line and a text that would cross it. */
const CLEAR = 6;

/**
 * Estimates with intervals, one row each, around a reference line. Names and numbers stand above each row instead of
 * beside it, so that the figure is readable at the width of a phone.
 */
export function intervalPlot(label: string, rows: readonly IntervalRow[], axis: IntervalAxis): string {
  const colour = (row: { colour: string }): string => row.colour;
  const marks = rows.flatMap((row) => (row.marks ?? []).map((value) => ({ ...row, value })));
  const right = Math.max(axis.reference, ...rows.flatMap((r) => [r.value ?? 0, r.high ?? 0]));
  const values = [axis.reference, right, ...rows.flatMap((r) => [r.value, r.low, ...(r.marks ?? [])])];
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const line = placeOf(axis, least, most);
  const bounded = rows.filter((r) => r.low !== null).map((r) => ({ ...r, high: r.high ?? right }));
  return plotSvg(
    { label: `${label}. ${rows.map((r) => `${r.name}: ${r.text}`).join("; ")}` },
    {
      width: WIDTH,
      height: 46 + ROW * rows.length,
      marginLeft: MARGIN,
      marginRight: MARGIN,
      marginTop: 4,
      marginBottom: 42,
      x: {
        label: axis.label,
        labelAnchor: "center",
        labelArrow: "none",
        inset: INSET,
        domain: [least, most],
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
        ...rows.flatMap((row) => [
          Plot.text([row], {
            y: "name",
            text: "name",
            frameAnchor: "left",
            dx: inwards(row.name.length * BOLD, line),
            dy: -10,
            fontWeight: 600,
          }),
          Plot.text([row], {
            y: "name",
            text: "text",
            frameAnchor: "right",
            dx: -inwards(row.text.length * PLAIN, WIDTH - 2 * MARGIN - line),
            dy: -10,
          }),
        ]),
      ],
    },
  );
}

/** Where the reference line stands, in pixels from the left end of the frame. */
function placeOf({ reference, type }: IntervalAxis, least: number, most: number): number {
  const scaled = type === "log" ? Math.log : (value: number): number => value;
  const share = most > least ? (scaled(reference) - scaled(least)) / (scaled(most) - scaled(least)) : 0.5;
  return INSET + share * (WIDTH - 2 * MARGIN - 2 * INSET);
}

/** How far a text at an edge moves inwards so that the line at `line` pixels from this edge does not cross it. */
function inwards(width: number, line: number): number {
  return width < line ? 0 : line + CLEAR;
}
