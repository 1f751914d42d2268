import * as Plot from "@observablehq/plot";
import { shortened } from "../format.ts";
import { plotSvg } from "./svg.ts";

export interface HistogramPanel {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

const PANEL = { width: 200, height: 110, columns: 3 };

/**
 * One small histogram a panel, all on the same axes, with bins of width 1 centred on whole numbers and a line where
 * values should lie.
 */
export function histogramGrid(
  panels: readonly HistogramPanel[],
  { axis, label, reference }: { readonly axis: string; readonly label: string; readonly reference: number },
): string {
  const bins = panels.flatMap(({ name, values }, i) => {
    const counts = new Map<number, number>();
    for (const value of Array.from(values)) {
      const bin = Math.round(value);
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const place = { column: i % PANEL.columns, row: Math.floor(i / PANEL.columns) };
    return [...counts].map(([bin, count]) => ({ ...place, name, bin, share: count / values.length }));
  });
  const titles = panels.map(({ name }, i) => ({
    name,
    column: i % PANEL.columns,
    row: Math.floor(i / PANEL.columns),
  }));
  const rows = Math.ceil(panels.length / PANEL.columns);
  return plotSvg(
    { label },
    {
      width: PANEL.width * Math.min(PANEL.columns, panels.length) + 50,
      height: PANEL.height * rows + 60,
      marginLeft: 40,
      marginRight: 10,
      marginTop: 8,
      marginBottom: 42,
      x: { label: axis, labelAnchor: "center", labelArrow: "none", ticks: 6 },
      y: {
        label: null,
        tickFormat: (share: number) => `${Math.round(100 * share)}%`,
        ticks: 3,
        insetTop: 18,
      },
      fx: { axis: null, padding: 0.06 },
      fy: { axis: null, padding: 0.08 },
      marks: [
        Plot.ruleX(titles, {
          fx: "column",
          fy: "row",
          x: () => reference,
          strokeDasharray: "3 3",
          strokeOpacity: 0.7,
        }),
        Plot.rectY(bins, {
          fx: "column",
          fy: "row",
          x1: ({ bin }: { bin: number }) => bin - 0.5,
          x2: ({ bin }: { bin: number }) => bin + 0.5,
          y: "share",
          fill: "#2f7fd6",
          fillOpacity: 0.75,
          inset: 0.5,
        }),
        Plot.text(titles, {
          fx: "column",
          fy: "row",
          text: (panel: { name: string }) => shortened(panel.name, 26),
          frameAnchor: "top-left",
          fontWeight: 600,
        }),
        Plot.ruleY(titles, { fx: "column", fy: "row", y: () => 0 }),
      ],
    },
  );
}
