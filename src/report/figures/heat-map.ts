import * as Plot from "@observablehq/plot";
import { plotSvg, roomFor } from "./svg.ts";

export interface Cell {
  readonly row: string;
  readonly column: string;
  /** `null`: nothing to show, which is not zero. */
  readonly value: number | null;
  readonly text: string;
}

export interface HeatMapOptions {
  readonly label: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cellWidth?: number;
  readonly cellHeight?: number;
  /** Width of a column's name before it is broken into lines, in em; without it names stand upright on end. */
  readonly columnLines?: number;
  /** Stands in the corner: what rows and columns are. */
  readonly corner?: string;
}

/** Gains and losses: told apart by people who do not see red and green, too. */
const POSITIVE = "#2f7fd6";
const NEGATIVE = "#d9622b";
/** Ink stays readable on the strongest cell, on a light and on a dark page. */
const STRONGEST = 0.6;

/** Values as colour and number: the hue tells the sign, the strength the size against the largest of all. */
export function heatMap(cells: readonly Cell[], options: HeatMapOptions): string {
  const { rows, columns, cellWidth = 68, cellHeight = 24, columnLines } = options;
  const most = Math.max(...cells.map((c) => Math.abs(c.value ?? 0)), 1e-9);
  const left = roomFor(rows);
  const upright = roomFor(columns);
  const top = columnLines === undefined ? upright : 40;
  return plotSvg(
    { label: options.label },
    {
      width: left + cellWidth * columns.length + 4,
      height: top + cellHeight * rows.length + 4,
      marginLeft: left,
      marginTop: top,
      marginRight: 4,
      marginBottom: 4,
      x: { domain: columns, axis: null, padding: 0 },
      y: { domain: rows, axis: null, padding: 0 },
      marks: [
        Plot.axisY({ tickSize: 0, label: null }),
        Plot.axisX({
          anchor: "top",
          tickSize: 0,
          label: null,
          ...(columnLines === undefined ? { tickRotate: -90 } : { lineWidth: columnLines }),
        }),
        Plot.cell(
          cells.filter((c) => c.value !== null),
          {
            x: "column",
            y: "row",
            fill: (c: Cell) => ((c.value as number) >= 0 ? POSITIVE : NEGATIVE),
            fillOpacity: (c: Cell) => (STRONGEST * Math.abs(c.value as number)) / most,
            inset: 0.5,
            rx: 2,
          },
        ),
        Plot.text(options.corner === undefined ? [] : [options.corner], {
          frameAnchor: "top-left",
          dx: 8 - left,
          dy: -14,
          fontStyle: "italic",
        }),
        Plot.text(
          cells.filter((c) => c.text !== ""),
          { x: "column", y: "row", text: "text" },
        ),
      ],
      // The opacities are final: no scale may touch them.
      opacity: { type: "identity" },
      color: { type: "identity" },
    },
  );
}
