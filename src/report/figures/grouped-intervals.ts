import * as Plot from "@observablehq/plot";
import { shortened } from "../format.ts";
import type { IntervalRow } from "./interval-plot.ts";
import { plotSvg } from "./svg.ts";

/** Rows under one heading. */
export interface IntervalGroup {
  readonly name: string;
  readonly rows: readonly Omit<IntervalRow, "marks">[];
}

export interface GroupedAxis {
  readonly label: string;
  /** Where nothing is gained. */
  readonly reference: number;
  /** Up to here a value counts as none: shaded from the reference on. */
  readonly margin?: number | null;
  readonly tickFormat: (value: number, index: number, ticks?: readonly number[]) => string;
}

const ROW = 19;
const LEFT = 215;
const RIGHT = 128;
const PLOT = 330;

/** A forest plot with headings: names to the left, numbers to the right, intervals around a reference line between. */
export function groupedIntervals(label: string, groups: readonly IntervalGroup[], axis: GroupedAxis): string {
  const heads = groups.map((group, g) => ({ key: `${g}`, name: group.name }));
  const rows = groups.flatMap((group, g) => group.rows.map((row, r) => ({ ...row, key: `${g}/${r}` })));
  const keys = groups.flatMap((group, g) => [`${g}`, ...group.rows.map((_, r) => `${g}/${r}`)]);
  const spoken = groups.map((g) => `${g.name}: ${g.rows.map((r) => `${r.name} ${r.text}`).join(", ")}`);
  const { reference, margin } = axis;
  return plotSvg(
    { label: `${label}. ${spoken.join("; ")}` },
    {
      width: LEFT + PLOT + RIGHT,
      height: 50 + ROW * keys.length,
      marginLeft: LEFT,
      marginRight: RIGHT,
      marginTop: 4,
      marginBottom: 42,
      x: {
        label: axis.label,
        labelAnchor: "center",
        labelArrow: "none",
        inset: 8,
        ticks: 6,
        tickFormat: axis.tickFormat,
      },
      y: { axis: null, domain: keys, type: "band", padding: 0 },
      marks: [
        Plot.gridX({ ticks: 6, strokeOpacity: 0.12 }),
        ...(margin === undefined || margin === null
          ? []
          : [Plot.rectX([{}], { x1: () => reference, x2: () => margin, fillOpacity: 0.09 })]),
        Plot.ruleX([reference], { strokeOpacity: 0.7 }),
        Plot.ruleY(
          rows.filter((row) => row.low !== null && row.high !== null),
          { y: "key", x1: "low", x2: "high", stroke: (row) => row.colour, strokeWidth: 2.2 },
        ),
        Plot.dot(
          rows.filter((row) => row.value !== null),
          { x: "value", y: "key", fill: (row) => row.colour, r: 3.6 },
        ),
        Plot.text(heads, {
          y: "key",
          text: "name",
          frameAnchor: "left",
          textAnchor: "start",
          dx: -LEFT + 4,
          fontWeight: 600,
        }),
        Plot.text(rows, {
          y: "key",
          text: (row: { name: string }) => shortened(row.name, 30),
          frameAnchor: "left",
          textAnchor: "start",
          dx: -LEFT + 16,
        }),
        Plot.text(rows, { y: "key", text: "text", frameAnchor: "right", textAnchor: "end", dx: RIGHT - 4 }),
      ],
    },
  );
}
