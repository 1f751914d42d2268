import * as Plot from "@observablehq/plot";
import { fixed } from "../format.ts";
import { plotSvg } from "./svg.ts";
import { tickText } from "./ticks.ts";

/** One step of a bridge: from one level to the next, either way. */
export interface BridgeStep {
  readonly name: string;
  readonly colour: string;
  readonly from: number;
  readonly to: number;
  /** Interval of the step's length; `null`: none. */
  readonly ci95: readonly [number, number] | null;
  /** Written beside it. */
  readonly text: string;
}

export interface BridgeLevel {
  readonly at: number;
  readonly name: string;
}

const ROW = 34;
const LEFT = 190;
const RIGHT = 190;
const PLOT = 360;
const TOP = 30;

/**
 * Steps that lead from one level to another, one below the other, each beginning where the one before ended: names to the
 * left, numbers to the right, so that colour is never the only sign. The whisker is the interval of the step's length.
 * @param levels upright lines through all steps, named above them
 */
export function bridge(
  label: string,
  steps: readonly BridgeStep[],
  levels: readonly BridgeLevel[],
  axis: string,
): string {
  const rows = steps.map((step, i) => ({ ...step, key: `${i}` }));
  const bounded = rows.flatMap(({ ci95, from, ...row }) =>
    ci95 === null ? [] : [{ ...row, low: from + ci95[0], high: from + ci95[1] }],
  );
  const joints = rows.slice(1).map((row, i) => ({ x: row.from, y1: `${i}`, y2: row.key }));
  const spoken = [
    ...levels.map(({ name, at }) => `${name} at ${fixed(at)}`),
    ...steps.map(({ name, text }) => `${name}: ${text}`),
  ];
  return plotSvg(
    { label: `${label}. ${spoken.join("; ")}` },
    {
      width: LEFT + PLOT + RIGHT,
      height: TOP + 46 + ROW * rows.length,
      marginLeft: LEFT,
      marginRight: RIGHT,
      marginTop: TOP,
      marginBottom: 42,
      x: {
        label: axis,
        labelAnchor: "center",
        labelArrow: "none",
        inset: 8,
        ticks: 6,
        tickFormat: tickText(fixed),
      },
      y: { axis: null, domain: rows.map(({ key }) => key), type: "band", padding: 0.3 },
      marks: [
        Plot.gridX({ ticks: 6, strokeOpacity: 0.12 }),
        Plot.ruleX(levels, { x: "at", strokeOpacity: 0.7, strokeDasharray: "4 3" }),
        Plot.text(levels, { x: "at", text: "name", frameAnchor: "top", dy: -14, lineAnchor: "bottom" }),
        Plot.barX(rows, {
          y: "key",
          x1: "from",
          x2: "to",
          fill: (row: BridgeStep) => row.colour,
          fillOpacity: 0.85,
        }),
        Plot.link(joints, { x: "x", y1: "y1", y2: "y2", strokeOpacity: 0.5 }),
        Plot.ruleY(bounded, { y: "key", x1: "low", x2: "high", stroke: "currentColor", strokeWidth: 1.6 }),
        Plot.text(rows, { y: "key", text: "name", frameAnchor: "left", textAnchor: "start", dx: -LEFT + 4 }),
        Plot.text(rows, { y: "key", text: "text", frameAnchor: "right", textAnchor: "start", dx: 8 }),
      ],
    },
  );
}
