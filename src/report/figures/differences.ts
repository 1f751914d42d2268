import * as Plot from "@observablehq/plot";
import type { MethodResult, Results } from "../../core/run-record.ts";
import { isCompared } from "../../methods/about.ts";
import { percent, shortened } from "../format.ts";
import { methodColours } from "./colours.ts";
import { plotSvg } from "./svg.ts";

/** What stands in one line of a small figure. */
const MOST_LETTERS = 42;

/** How the paired differences of one method are spread: losses left of zero, wins right of it. */
export function differencesPlot(results: Results, method: MethodResult): string {
  const colour = methodColours(results.methods).get(method.name) as string;
  const { from, width, counts } = method.differences;
  const total = counts.reduce((sum, n) => sum + n, 0);
  const bins = counts.map((n, i) => ({
    x1: from + i * width,
    x2: from + (i + 1) * width,
    share: n / Math.max(1, total),
  }));
  const used = bins.filter((b) => b.share > 0);
  const reach = reachOf(results);
  const { win, tie, loss } = method.summary;
  return plotSvg(
    { label: `${method.name}: ${percent(win)} wins, ${percent(tie)} ties, ${percent(loss)} losses` },
    {
      width: 320,
      height: 188,
      marginLeft: 38,
      marginBottom: 34,
      marginTop: 42,
      marginRight: 8,
      x: {
        domain: [-reach, reach],
        ticks: 5,
        label: "difference",
        labelAnchor: "center",
        labelArrow: "none",
      },
      y: { label: null, ticks: 4, tickFormat: (v: number) => percent(v) },
      marks: [
        Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }),
        Plot.rectY(used, {
          x1: "x1",
          x2: "x2",
          y: "share",
          fill: colour,
          fillOpacity: 0.75,
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        Plot.ruleY([0]),
        Plot.ruleX([0], { strokeOpacity: 0.7, strokeDasharray: "3,2" }),
        // The name above the shares: beside them a long one would run into them.
        Plot.text([shortened(method.name, MOST_LETTERS)], {
          frameAnchor: "top-left",
          dy: -38,
          dx: -34,
          fontWeight: 600,
        }),
        Plot.text([`${percent(loss)} worse · ${percent(tie)} even · ${percent(win)} better`], {
          frameAnchor: "top-left",
          dy: -20,
          dx: -34,
        }),
      ],
    },
  );
}

/** How far the widest differences of any method reach: every method is drawn on the same axis. */
function reachOf({ methods }: Results): number {
  const edges = methods
    .filter(isCompared)
    .flatMap(({ differences: { from, width, counts } }) =>
      counts.flatMap((n, i) =>
        n === 0 ? [] : [Math.abs(from + i * width), Math.abs(from + (i + 1) * width)],
      ),
    );
  return Math.max(2, ...edges);
}
