import * as Plot from "@observablehq/plot";
import { shortened } from "../format.ts";
import { plotSvg, roomFor } from "./svg.ts";

export interface IntervalBar {
  readonly name: string;
  readonly value: number;
  /** `null`: no interval. */
  readonly interval: readonly [number, number] | null;
  /** Written behind the bar. */
  readonly text: string;
  /** Bars of one group have one shade; the shade changes from group to group. */
  readonly group: number;
}

const ROW = 24;
const WIDTH = 640;
const BLUE = "#2f7fd6";

/** Longer names would leave no room for the bars. */
const MOST_LETTERS = 40;
const nameOf = (name: string): string => shortened(name, MOST_LETTERS);

/** Horizontal bars from 0 with their intervals, in the order given. */
export function intervalBars(bars: readonly IntervalBar[], axis: string, label: string): string {
  const most = Math.max(...bars.map(({ value, interval }) => interval?.[1] ?? value), 1e-9);
  const bounded = bars.flatMap(({ name, interval }) =>
    interval === null ? [] : [{ name, low: interval[0], high: interval[1], at: interval[1] }],
  );
  return plotSvg(
    { label: `${label}. ${bars.map(({ name, text }) => `${name}: ${text}`).join("; ")}` },
    {
      width: WIDTH,
      height: 50 + ROW * bars.length,
      marginLeft: roomFor(bars.map(({ name }) => nameOf(name))),
      marginRight: 110,
      marginTop: 4,
      marginBottom: 42,
      x: { label: axis, labelAnchor: "center", labelArrow: "none", domain: [0, most], ticks: 6 },
      y: { label: null, domain: bars.map(({ name }) => name), padding: 0.25 },
      opacity: { type: "identity" },
      marks: [
        Plot.gridX({ ticks: 6, strokeOpacity: 0.12 }),
        Plot.axisY({ tickSize: 0, tickFormat: nameOf }),
        Plot.barX(bars, {
          x: "value",
          y: "name",
          fill: BLUE,
          fillOpacity: ({ group }: IntervalBar) => (group % 2 === 1 ? 0.75 : 0.45),
        }),
        Plot.ruleY(bounded, { y: "name", x1: "low", x2: "high", stroke: "currentColor", strokeWidth: 1.5 }),
        Plot.text(bars, {
          x: ({ value, interval }: IntervalBar) => interval?.[1] ?? value,
          y: "name",
          text: "text",
          textAnchor: "start",
          dx: 6,
        }),
        Plot.ruleX([0]),
      ],
    },
  );
}
