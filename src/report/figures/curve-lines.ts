import * as Plot from "@observablehq/plot";
import { fixed, signed, whole } from "../format.ts";
import { apart } from "./interval-lines.ts";
import { plotSvg } from "./svg.ts";
import { tickText } from "./ticks.ts";

/** Measured points of one series, and the curve through them. */
export interface CurveSeries {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly ci95: readonly [number, number] | null;
  }[];
  /** `null`: there is none. */
  readonly curve: ((x: number) => number) | null;
  /** The curve in words. */
  readonly text: string;
}

export interface CurveAxes {
  readonly x: string;
  readonly y: string;
  /** The curves go on dashed from the last point to here. */
  readonly farthest: number;
  /** Level lines, named at the left. */
  readonly levels: readonly { readonly at: number; readonly name: string }[];
}

const WIDTH = 680;
const [TOP, BOTTOM, LEFT] = [14, 46, 48];
const HEIGHT = 380;
const STEPS = 24;
/** Pixels between points at one place. */
const DODGE = 6;

/** Points with intervals on a logarithmic axis, with curves that are dashed where they leave the data. */
export function curveLines(label: string, series: readonly CurveSeries[], axes: CurveAxes): string {
  const { farthest, levels, x, y } = axes;
  const all = series.flatMap(({ points }) => points);
  const sizes = [...new Set(all.map((p) => p.x))].sort((a, b) => a - b);
  const [first, last] = [sizes[0] as number, sizes.at(-1) as number];
  const linesBetween = (from: number, to: number) =>
    series.flatMap(({ name, colour, curve }) =>
      curve === null
        ? []
        : Array.from({ length: STEPS + 1 }, (_, i) => {
            const at = from * (to / from) ** (i / STEPS);
            return { name, colour, x: at, y: curve(at) };
          }),
    );
  const ends = series.map((own) => ({
    name: own.name,
    colour: own.colour,
    y: own.curve === null ? (own.points.at(-1)?.y ?? 0) : own.curve(farthest),
  }));
  const heights = [
    ...all.flatMap((p) => [p.y, ...(p.ci95 ?? [])]),
    ...levels.map(({ at }) => at),
    ...ends.map((e) => e.y),
  ];
  const [least, most] = [Math.min(0, ...heights), Math.max(0, ...heights)];
  const room = (most - least || 1) * 0.05;
  const domain = [least - room, most + room] as const;
  const shift = (i: number): number => (i - (series.length - 1) / 2) * DODGE;
  const colourOf = (p: { colour: string }): string => p.colour;
  const spoken = series.map(
    (own) => `${own.name}: ${own.points.map((p) => `${whole(p.x)} ${signed(p.y)}`).join(", ")}, ${own.text}`,
  );
  return plotSvg(
    { label: `${label}. ${[...spoken, ...levels.map((l) => `${l.name} ${fixed(l.at)}`)].join("; ")}` },
    {
      width: WIDTH,
      height: HEIGHT,
      marginTop: TOP,
      marginBottom: BOTTOM,
      marginLeft: LEFT,
      marginRight: 14 + 8 * Math.max(...series.map(({ name }) => [...name].length), 4),
      x: {
        type: "log",
        domain: [first / 1.15, farthest],
        axis: null,
      },
      y: { domain: [...domain], label: y, labelArrow: "none", ticks: 6, tickFormat: tickText(signed) },
      marks: [
        // An axis of its own: that of a logarithmic scale leaves out labels.
        Plot.axisX([...sizes, farthest], {
          label: x,
          labelAnchor: "center",
          labelArrow: "none",
          text: (n: number) => whole(n),
          tickFormat: null,
        }),
        Plot.gridY({ ticks: 6, strokeOpacity: 0.12 }),
        Plot.ruleY([0], { strokeOpacity: 0.7 }),
        Plot.ruleY(levels, { y: "at", strokeOpacity: 0.6, strokeDasharray: "1 3" }),
        Plot.text(levels, {
          y: "at",
          text: "name",
          frameAnchor: "left",
          textAnchor: "start",
          lineAnchor: "bottom",
          dx: 4,
          dy: -3,
          fillOpacity: 0.85,
        }),
        Plot.line(linesBetween(first, last), {
          x: "x",
          y: "y",
          z: "name",
          stroke: colourOf,
          strokeWidth: 1.8,
        }),
        Plot.line(linesBetween(last, farthest), {
          x: "x",
          y: "y",
          z: "name",
          stroke: colourOf,
          strokeWidth: 1.8,
          strokeDasharray: "5 4",
          strokeOpacity: 0.8,
        }),
        ...series.flatMap(({ colour, points }, i) => [
          Plot.ruleX(
            points.flatMap(({ x, ci95 }) => (ci95 === null ? [] : [{ x, low: ci95[0], high: ci95[1] }])),
            { x: "x", y1: "low", y2: "high", stroke: colour, strokeWidth: 2, dx: shift(i) },
          ),
          Plot.dot(points, { x: "x", y: "y", fill: colour, r: 4, dx: shift(i) }),
        ]),
        Plot.text(apart(ends, domain, HEIGHT - TOP - BOTTOM), {
          frameAnchor: "right",
          y: "y",
          text: "name",
          fill: colourOf,
          fontWeight: 600,
          textAnchor: "start",
          dx: 6,
        }),
      ],
    },
  );
}
