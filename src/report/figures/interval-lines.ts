import * as Plot from "@observablehq/plot";
import { signed } from "../format.ts";
import { plotSvg } from "./svg.ts";
import { tickText } from "./ticks.ts";

/** One estimate of one series at one place of the axis; `null`: none, or no interval. */
export interface LinePoint {
  readonly series: string;
  readonly at: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface LineAxes {
  /** Places of the horizontal axis, in order. */
  readonly places: readonly string[];
  /** Whether the places are steps of one quantity, so that a line between them means something. */
  readonly connected: boolean;
  readonly x: string;
  readonly y: string;
}

const WIDTH = 640;
const HEIGHT = 360;
const [TOP, BOTTOM, LEFT] = [12, 46, 48];
/** Pixels between the lines' labels, and between points at one place. */
const LABEL_GAP = 15;
const DODGE = 6;

/**
 * Estimates with 95 % intervals by the values of one key, a line or a row of points a series. Series are named at their
 * last point, apart from each other, so that colour is never the only sign.
 * @param series names with their colours, in the order of the legend of all figures
 */
export function intervalLines(
  label: string,
  points: readonly LinePoint[],
  series: ReadonlyMap<string, string>,
  { places, connected, x, y }: LineAxes,
): string {
  const bounds = points.flatMap(({ value, interval }) => [value ?? 0, ...(interval ?? [])]);
  const [least, most] = [Math.min(0, ...bounds), Math.max(0, ...bounds)];
  const room = (most - least || 1) * 0.04;
  const domain = [least - room, most + room] as const;
  const names = [...series.keys()].filter((name) =>
    points.some((p) => p.series === name && p.value !== null),
  );
  const shift = (name: string): number => (names.indexOf(name) - (names.length - 1) / 2) * DODGE;
  const drawn = names.map((name) => {
    const own = places.flatMap(
      (at) => points.find((p) => p.series === name && p.at === at && p.value !== null) ?? [],
    );
    return { name, own, colour: series.get(name) as string };
  });
  const labels = apart(
    drawn.map(({ name, own, colour }) => ({ name, colour, y: own.at(-1)?.value as number })),
    domain,
  );
  const words = drawn.map(
    ({ name, own }) => `${name}: ${own.map((p) => `${p.at} ${signed(p.value)}`).join(", ")}`,
  );
  return plotSvg(
    { label: `${label}. ${words.join("; ")}` },
    {
      width: WIDTH,
      height: HEIGHT,
      marginTop: TOP,
      marginBottom: BOTTOM,
      marginLeft: LEFT,
      marginRight: 12 + 7 * Math.max(...names.map((name) => [...name].length), 4),
      x: {
        type: "point",
        domain: [...places],
        label: x,
        labelAnchor: "center",
        labelArrow: "none",
        padding: 0.35,
      },
      y: {
        domain: [...domain],
        label: y,
        labelArrow: "none",
        ticks: 6,
        tickFormat: tickText(signed),
      },
      marks: [
        Plot.gridY({ ticks: 6, strokeOpacity: 0.12 }),
        Plot.ruleY([0], { strokeOpacity: 0.7 }),
        ...drawn.flatMap(({ name, own, colour }) => {
          const dx = shift(name);
          const bounded = own.flatMap(({ at, interval }) =>
            interval === null ? [] : [{ at, low: interval[0], high: interval[1] }],
          );
          return [
            ...(connected
              ? [
                  Plot.line(own, {
                    x: "at",
                    y: "value",
                    stroke: colour,
                    strokeWidth: 1.5,
                    strokeOpacity: 0.7,
                    dx,
                  }),
                ]
              : []),
            Plot.ruleX(bounded, { x: "at", y1: "low", y2: "high", stroke: colour, strokeWidth: 2, dx }),
            Plot.dot(own, { x: "at", y: "value", fill: colour, r: 4, dx }),
          ];
        }),
        Plot.text(labels, {
          frameAnchor: "right",
          y: "y",
          text: "name",
          fill: (l: { colour: string }) => l.colour,
          fontWeight: 600,
          textAnchor: "start",
          dx: 6,
        }),
      ],
    },
  );
}

/**
 * Moves labels up or down until none covers another, keeping their order; in the units of the axis.
 * @param height of the axis, in pixels
 */
export function apart<T extends { readonly y: number }>(
  labels: readonly T[],
  [low, high]: readonly [number, number],
  height = HEIGHT - TOP - BOTTOM,
): T[] {
  const gap = ((high - low) * LABEL_GAP) / height;
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  const places: number[] = [];
  for (const { y } of sorted) places.push(Math.max(y, (places.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  // Pushed beyond the top: back down from there.
  let ceiling = Math.max(high, (places[0] ?? high) + gap * (sorted.length - 1));
  for (let i = places.length - 1; i >= 0; i--) {
    places[i] = Math.min(places[i] as number, ceiling);
    ceiling = (places[i] as number) - gap;
  }
  return sorted.map((label, i) => ({ ...label, y: places[i] as number }));
}
