import { methodColours } from "../../report/figures/colours.ts";
import type { CurveSeries } from "../../report/figures/curve-lines.ts";
import type { Figure } from "../../report/figures/figure.ts";
import { fixed, percent } from "../../report/format.ts";
import { gainAt } from "../../statistics/learning-curve.ts";
import type { SweepRecord } from "./record.ts";
import { FARTHEST } from "./users-needed.ts";
import { shownCell } from "./vary.ts";

/** Gain against train users, one figure for every combination of the other keys. Loads the drawing library. */
export async function curveFigures({
  learningCurves: curves,
}: Pick<SweepRecord, "learningCurves">): Promise<Figure[]> {
  if (curves.length === 0) return [];
  const { curveLines } = await import("../../report/figures/curve-lines.ts");
  const colours = methodColours(curves);
  return [...Map.groupBy(curves, ({ values }) => shownCell(values))].map(([panel, group], i): Figure => {
    const largest = Math.max(...group.flatMap(({ points }) => points.map(({ users }) => users)));
    const series = group.map(
      ({ name, points, fit }): CurveSeries => ({
        name,
        colour: colours.get(name) as string,
        points: points.map(({ users, gain, ci95 }) => ({ x: users, y: gain, ci95 })),
        curve: fit && ((n) => gainAt(fit, n)),
        text:
          fit === null
            ? "the same whatever the train users"
            : `curve ${fixed(fit.a)} − ${fixed(fit.b)} n^(−${fixed(fit.c)})`,
      }),
    );
    const needed = group.find((curve) => curve.needed.length > 0)?.needed ?? [];
    const title = `Gain against train users${panel === "" ? "" : `, ${panel}`}`;
    return {
      id: `learning-curves${panel === "" ? "" : `-${i + 1}`}`,
      caption: `${title}: measured, with 95 % intervals, and fitted (a − b n^(−c)); dashed from the largest train set to ${FARTHEST} times it.`,
      svg: curveLines(title, series, {
        x: "train users",
        y: "Δ reward",
        farthest: FARTHEST * largest,
        levels: needed.map(({ share, gain }) => ({
          at: gain,
          name: `${percent(share)} of the oracle's gain`,
        })),
      }),
      wide: true,
    };
  });
}
