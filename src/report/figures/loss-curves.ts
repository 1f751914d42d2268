import * as Plot from "@observablehq/plot";
import { worldName } from "../../core/world-name.ts";
import { fixed } from "../format.ts";
import { plotSvg } from "./svg.ts";

/** The loss of one training, step by step. */
export interface LossCurve {
  readonly seed: number;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
}

/** Train loss by step, a line a world. */
export function lossCurves(name: string, curves: readonly LossCurve[], colour: string): string {
  const seeds = curves.map(({ seed }) => seed);
  const points = curves.flatMap(({ seed, points }) =>
    points.map((point) => ({ ...point, world: worldName(seeds, seed) })),
  );
  const spoken = curves.map(({ seed, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${worldName(seeds, seed)}: ${fixed(first?.loss ?? null)} to ${fixed(last?.loss ?? null)} in ${last?.step ?? 0} steps`;
  });
  return plotSvg(
    { label: `Train loss of ${name}. ${spoken.join("; ")}` },
    {
      width: 520,
      height: 240,
      marginLeft: 48,
      marginBottom: 40,
      x: { label: "step", labelArrow: "none", labelAnchor: "center", ticks: 6 },
      y: { label: "train loss", labelArrow: "none", ticks: 5, zero: true },
      marks: [
        Plot.gridY({ ticks: 5, strokeOpacity: 0.12 }),
        Plot.line(points, {
          x: "step",
          y: "loss",
          z: "world",
          stroke: colour,
          strokeWidth: 1.4,
          strokeOpacity: 0.8,
        }),
      ],
    },
  );
}
