import type { Figure } from "../../report/figures/figure.ts";
import { fixed, percent, whole } from "../../report/format.ts";
import { left, right, type Table } from "../../report/table.ts";
import type { Solution } from "./rotate.ts";
import type { AttributeSelection } from "./select.ts";

/** One row a solution: what the command prints. */
export function solutionTable({ solutions, kept }: AttributeSelection): Table {
  return {
    id: "solutions",
    caption: "Representatives at each k, in order of sum of squared loadings",
    columns: [right("k"), right("variance"), left("antonyms that both represent"), left("representatives")],
    rows: solutions.map((s) => [
      String(s.k),
      percent(explained(s) / kept.length),
      s.redundant.map((pair) => pair.join("/")).join(", "),
      s.components.map(({ representative }) => representative).join(", "),
    ]),
    data: solutions.map((s) => ({
      k: s.k,
      explainedVariance: explained(s) / kept.length,
      representatives: s.components.map(({ representative }) => representative).join("; "),
      antonymsOpposed: s.antonyms.opposed,
      antonymsTogether: s.antonyms.together,
      antonymsApart: s.antonyms.apart,
      redundant: s.redundant.map((pair) => pair.join("/")).join("; "),
    })),
  };
}

/** The candidates that load most on each component of one solution. */
export function loadingsTable({ k, components }: Solution, shown: number): Table {
  const rows = components.flatMap((component, c) =>
    component.top.map((loaded) => ({ component: c + 1, ...component, ...loaded })),
  );
  return {
    id: `loadings-k${k}`,
    caption: `Largest loadings at k = ${k}`,
    columns: [
      left("component"),
      right("SS"),
      left("candidate"),
      right("loading"),
      right("mean"),
      right("SD"),
      right("bits"),
    ],
    rows: components.flatMap((component) =>
      component.top
        .slice(0, shown)
        .map((loaded, i) => [
          i === 0 ? nameOf(component) : "",
          i === 0 ? fixed(component.sumOfSquaredLoadings) : "",
          loaded.name,
          fixed(loaded.loading),
          fixed(loaded.mean),
          fixed(loaded.sd),
          fixed(loaded.entropy),
        ]),
    ),
    data: rows.map((row) => ({
      component: row.component,
      representative: row.representative,
      sumOfSquaredLoadings: row.sumOfSquaredLoadings,
      candidate: row.name,
      loading: row.loading,
      mean: row.mean,
      sd: row.sd,
      entropy: row.entropy,
    })),
  };
}

/** Every candidate with its scores, kept or not. */
export function candidateTable({ candidates }: AttributeSelection): Table {
  return {
    id: "candidates",
    caption: "All candidates",
    columns: [left("candidate"), left("kept"), right("mean"), right("SD"), right("bits"), right("missing")],
    rows: candidates.map((c) => [
      c.name,
      c.kept ? "yes" : "no",
      fixed(c.mean),
      fixed(c.sd),
      fixed(c.entropy),
      whole(c.missing),
    ]),
    data: candidates.map(({ kept, ...c }) => ({ ...c, kept: kept ? "yes" : "no" })),
  };
}

/** Eigenvalues beside those of random data. */
export function eigenvalueTable({ eigenvalues, threshold95, explainedVariance }: AttributeSelection): Table {
  const rows = eigenvalues.map((eigenvalue, i) => ({
    component: i + 1,
    eigenvalue,
    threshold95: threshold95[i] as number,
    explainedVariance: explainedVariance[i] as number,
  }));
  return {
    id: "eigenvalues",
    caption: "Eigenvalues of the correlation matrix and the 95th percentile of random data",
    columns: [right("component"), right("eigenvalue"), right("random, 95%"), right("variance")],
    rows: rows.map((r) => [
      String(r.component),
      fixed(r.eigenvalue, 3),
      fixed(r.threshold95, 3),
      `${fixed(100 * r.explainedVariance, 1)}%`,
    ]),
    data: rows,
  };
}

/** Known antonyms by their correlation, the least opposed first. */
export function antonymTable({ antonyms }: AttributeSelection): Table {
  const rows = antonyms
    .map(({ pair, correlation }) => ({ a: pair[0], b: pair[1], correlation }))
    .sort((a, b) => b.correlation - a.correlation);
  return {
    id: "antonyms",
    caption: "Antonym check: ratings of opposites should correlate negatively",
    columns: [left("a"), left("b"), right("r")],
    rows: rows.map((r) => [r.a, r.b, fixed(r.correlation)]),
    data: rows,
  };
}

/** The result in words. */
export function selectionWords(selection: AttributeSelection): string[] {
  const { kept, removed, ceiling, rows, droppedRows, belowScale, antonyms, solutions } = selection;
  const opposed = antonyms.filter(({ correlation }) => correlation < 0).length;
  const beyond = solutions.filter(({ k }) => k > ceiling).map(({ k }) => k);
  return [
    `${kept.length} of ${kept.length + removed.length} candidates vary enough; ${whole(rows)} texts were rated on all of them.`,
    ...(removed.length > 0 ? [`Removed: ${removed.join(", ")}.`] : []),
    ...(droppedRows > 0 ? [`${whole(droppedRows)} texts miss a rating and are left out.`] : []),
    ...(belowScale > 0
      ? [`${whole(belowScale)} ratings lie between 0 and 1; they are used as they are.`]
      : []),
    `Ceiling: ${ceiling} components exceed those of random data.`,
    ...(beyond.length > 0
      ? [`k = ${beyond.join(", ")} is above the ceiling: its last components may be noise.`]
      : []),
    ...(antonyms.length > 0
      ? [`Of ${antonyms.length} pairs of antonyms, ${opposed} are rated as opposites (r < 0).`]
      : []),
  ];
}

/** Scree plot and map; in the map the representatives of the last solution stand out. Loads the drawing library. */
export async function selectionFigures(selection: AttributeSelection): Promise<Figure[]> {
  const { screePlot } = await import("../../report/figures/scree.ts");
  const { nameMap } = await import("../../report/figures/name-map.ts");
  const last = selection.solutions.at(-1);
  const chosen = last?.components.map(({ representative }) => representative) ?? [];
  return [
    {
      id: "scree",
      caption: `Eigenvalues and what random data of the same shape reach; the first ${selection.ceiling} are above.`,
      svg: screePlot({ ...selection, threshold: selection.threshold95 }),
    },
    {
      id: "map",
      caption:
        `Kept candidates, near each other where |correlation| is large (t-SNE of 1 − |r|; ${percent(selection.map.neighboursKept)} of the five nearest of each stay its nearest)` +
        (last === undefined ? "." : `; bold: the representatives at k = ${last.k}.`),
      svg: nameMap(
        selection.map.points.map((point) => ({ ...point, chosen: chosen.includes(point.name) })),
        "Map of the kept candidates by correlation",
      ),
    },
  ];
}

function nameOf({ representative, displaced }: Solution["components"][number]): string {
  return displaced === undefined ? representative : `${representative} (${displaced} represents another)`;
}

function explained({ components }: Solution): number {
  return components.reduce((sum, { sumOfSquaredLoadings }) => sum + sumOfSquaredLoadings, 0);
}
