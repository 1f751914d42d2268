import type { Direction } from "../../core/rating-scale.ts";
import type { MethodResult, Results } from "../../core/run-record.ts";
import { worldName } from "../../core/world-name.ts";
import { isCompared } from "../../methods/about.ts";
import { signed } from "../format.ts";
import { methodColours } from "./colours.ts";
import { differencesPlot } from "./differences.ts";
import type { Figure } from "./figure.ts";
import { forestPlot, winLossPlot } from "./forest.ts";
import { heatMap } from "./heat-map.ts";
import { lossCurves } from "./loss-curves.ts";
import { mappingPlot } from "./mapping.ts";

/** A figure of a run, and the part of the report where it stands. */
export interface RunFigure extends Figure {
  readonly section: "main" | "whom" | "spread" | "styles" | "classifiers" | "mapping";
}

/** Every figure of a run, in reading order. */
export function runFigures(results: Results): RunFigure[] {
  const methods = results.methods.filter(isCompared);
  const stem = stems(methods);
  const colours = methodColours(results.methods);
  return [
    {
      id: "forest",
      section: "main",
      caption:
        "Gain Δ over the non-personalized base LLM: mean over worlds, 95 % interval, and each world as a small mark.",
      svg: forestPlot(results),
    },
    {
      id: "win-loss",
      section: "main",
      caption: "Wins over losses, pooled over worlds, 95 % interval; logarithmic axis.",
      svg: winLossPlot(results),
    },
    ...breakdown(results, methods, "principle"),
    ...breakdown(results, methods, "attribute"),
    ...methods.map(
      (m): RunFigure => ({
        id: `differences-${stem.get(m)}`,
        section: "spread",
        caption: `Differences of ${m.name}.`,
        svg: differencesPlot(results, m),
      }),
    ),
    ...methods
      .filter((m) => m.labels !== undefined)
      .map(
        (m): RunFigure => ({
          id: `styles-${stem.get(m)}`,
          section: "styles",
          wide: true,
          caption: `${m.name}: chosen style (columns) by the user's strongest target (rows), pairs.`,
          svg: confusionPlot(results, m),
        }),
      ),
    ...methods.flatMap((m): RunFigure[] => {
      const curves = (m.classifiers ?? []).flatMap(({ seed, lossCurve: points }) =>
        points === undefined ? [] : [{ seed, points }],
      );
      if (curves.length === 0) return [];
      return [
        {
          id: `loss-${stem.get(m)}`,
          section: "classifiers",
          caption: `Train loss of ${m.name} by step, a line a world.`,
          svg: lossCurves(m.name, curves, colours.get(m.name) ?? "currentColor"),
        },
      ];
    }),
    ...results.worlds.map(
      (world): RunFigure => ({
        id: `mapping-${world.seed}`,
        section: "mapping",
        wide: true,
        caption: `Mapping of ${worldName(
          results.worlds.map((w) => w.seed),
          world.seed,
        )}, ${world.kind}.`,
        svg: mappingPlot(results, world),
      }),
    ),
  ];
}

/** Δ of every method by what users want, or by how they write: a heat map. */
function breakdown(
  results: Results,
  methods: readonly MethodResult[],
  by: "principle" | "attribute",
): RunFigure[] {
  const groupsOf = (m: MethodResult): readonly { name: string; delta: number | null }[] =>
    by === "principle"
      ? m.perPrinciple.map((p) => ({ name: direct(p.principle, p.direction), delta: p.delta }))
      : m.perAttribute.map((a) => ({ name: direct(a.attribute, a.side), delta: a.delta }));
  const names = results.config.pool[`${by}s`].flatMap((name) => [
    direct(name, "follow"),
    direct(name, "avoid"),
  ]);
  const cells = methods.flatMap((m) =>
    groupsOf(m).map(({ name, delta }) => ({
      row: name,
      column: m.name,
      value: delta,
      text: signed(delta, 1),
    })),
  );
  const rows = names.filter((name) => cells.some((c) => c.row === name));
  if (rows.length === 0) return [];
  const what = by === "principle" ? "what the user wants most" : "the trait that the user's messages show";
  return [
    {
      id: `delta-by-${by}`,
      section: "whom",
      wide: true,
      caption: `Δ by ${what}: + is ${by === "principle" ? "follow" : "shown"}, − is ${by === "principle" ? "avoid" : "its opposite"}.`,
      svg: heatMap(cells, {
        label: `Δ by ${what}; the numbers are in the table`,
        rows,
        columns: methods.map((m) => m.name),
        columnLines: 5.4,
      }),
    },
  ];
}

/** Which style was chosen for which target; the diagonal is right. */
function confusionPlot(results: Results, method: MethodResult): string {
  const names = results.config.pool.principles.flatMap((p) => [direct(p, "follow"), direct(p, "avoid")]);
  const cells = (method.labels ?? []).flatMap((row, i) =>
    row.map((count, j) => ({
      row: names[i] as string,
      column: names[j] as string,
      value: count === 0 ? null : count,
      text: count === 0 ? "" : String(count),
    })),
  );
  return heatMap(cells, {
    label: `${method.name}: chosen style by strongest target; ${agreementWords(method)}`,
    rows: names,
    columns: names,
    cellWidth: 30,
    cellHeight: 22,
    corner: "wanted ↓ chosen →",
  });
}

/** How often the chosen style is the wanted one, and how often at least its principle is. */
export function agreement({ labels }: MethodResult): { pairs: number; style: number; principle: number } {
  const total = { pairs: 0, style: 0, principle: 0 };
  for (const [i, row] of (labels ?? []).entries()) {
    for (const [j, count] of row.entries()) {
      total.pairs += count;
      if (i === j) total.style += count;
      if (i >> 1 === j >> 1) total.principle += count;
    }
  }
  return total;
}

function agreementWords(method: MethodResult): string {
  const { pairs, style, principle } = agreement(method);
  return `of ${pairs} pairs, ${style} got the wanted style and ${principle} its principle`;
}

/** A signed name: "+ gentle" to follow, "− gentle" to avoid. */
function direct(name: string, direction: Direction): string {
  return `${direction === "follow" ? "+" : "−"} ${name}`;
}

/** A stem for a method's files, in lower case ASCII; a second method of the same stem gets its place as an ending. */
function stems(methods: readonly MethodResult[]): Map<MethodResult, string> {
  const taken = new Set<string>();
  return new Map(
    methods.map((method, i) => {
      const words = method.name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
      const stem = words === "" || taken.has(words) ? `${words || "method"}-${i + 1}` : words;
      taken.add(stem);
      return [method, stem];
    }),
  );
}
