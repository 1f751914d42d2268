import { signed, whole } from "../../../src/report/format.ts";
import { curveWords } from "../../../src/studies/sweep/curve-tables.ts";
import type { SweepCell, SweepMethod, SweepRecord } from "../../../src/studies/sweep/record.ts";
import { gain } from "../figures.ts";
import { markdownTable, type Part, type Workbench } from "../part.ts";

/** Methods of the table over settings of the world, in its order. */
const READERS = ["routing", "rag-exemplar", "rag-summary"] as const;

export const sweepPart: Part = {
  about: "ablations: tables and plots of sweep.md, rows of claims.md",
  cost: "minutes",
  async make(bench: Workbench) {
    const records = new Map<string, SweepRecord>();
    for (const name of ["labels", "pools", "history", "train-users", "mapping", "embedder"]) {
      await bench.print("sweep", "--ablation", name, "--out", name);
      records.set(name, bench.read<SweepRecord>(`${name}/sweep.json`));
    }
    const cells = (name: string): readonly SweepCell[] => (records.get(name) as SweepRecord).cells;
    for (const [from, to] of [
      ["labels/figures/by-methods-routing-labels.svg", "sweep-labels"],
      ["pools/figures/by-pool.svg", "sweep-pools"],
      ["history/figures/by-historyLength.svg", "sweep-history"],
      ["train-users/figures/learning-curves.svg", "sweep-learning-curves"],
    ] as const)
      bench.figure(from, to);
    const rows = (name: string, titles: readonly string[]) =>
      cells(name).map((cell, i) => [titles[i] as string, ...READERS.map((id) => told(cell, id))]);
    return {
      ...changes("labels", cells("labels")),
      ...changes("history", cells("history")),
      ...changes("train-users", cells("train-users")),
      ...changes("mapping", cells("mapping")),
      ...changes("pools", cells("pools")),
      ...changes("embedder", cells("embedder")),
      ...curves(records.get("train-users") as SweepRecord),
      labels: labelsTable(cells("labels")),
      calls: callsTable(cells("labels")),
      pools: poolsTable(cells("pools")),
      settings: markdownTable(
        ["", "routing", "RAG-Exemplar", "RAG-Summary"],
        [
          ...rows("history", ["h = 1", "h = 2", "h = 4"]),
          ...rows("train-users", ["75 train users", "150", "300", "600"]),
          ...rows("mapping", [
            "signed permutation, m = 1",
            "signed permutation, m = 2",
            "Gaussian, m = 1",
            "Gaussian, m = 2",
          ]),
          ...rows("embedder", ["retrieval by manner and words", "by manner alone", "by words alone"]),
        ],
      ),
    };
  },
};

/** `curve.ID`: the curve's words, the train users that it needs among them. */
function curves({ learningCurves, keys }: SweepRecord): Record<string, string> {
  const words = curveWords({ learningCurves, keys });
  return Object.fromEntries(learningCurves.map(({ id }, i) => [`curve.${id}`, `*${words[i]}*`]));
}

const methodOf = (cell: SweepCell, id: string): SweepMethod | undefined =>
  cell.methods.find((method) => method.id === id);

/** Δ with its interval, and a star where the paired change against the first cell leaves out 0. */
function told(cell: SweepCell, id: string): string {
  const method = methodOf(cell, id);
  if (method === undefined) return "";
  const { change } = method;
  const [low, high] = change?.ci95 ?? [0, 0];
  return `${gain(method)}${change?.kind === "paired" && low * high > 0 ? "\\*" : ""}`;
}

/** `NAME.ID.I`: Δ of a method in cell I; `NAME.ID.I.gain`: with its interval; `NAME.ID.I.change`: its change against the first cell. */
function changes(name: string, cells: readonly SweepCell[]): Record<string, string> {
  return Object.fromEntries(
    cells.flatMap((cell, i) =>
      cell.methods.flatMap((method) => {
        const key = `${name}.${method.id}.${i + 1}`;
        const { change } = method;
        return [
          [key, signed(method.delta)],
          [`${key}.gain`, gain(method)],
          [`${key}.change`, change === null ? "" : gain({ delta: change.delta, deltaCi95: change.ci95 })],
        ];
      }),
    ),
  );
}

function labelsTable(cells: readonly SweepCell[]): string {
  const names = ["margin", "one-sided argmax", "two-sided argmax", "soft"];
  return markdownTable(
    ["label strategy", "routing", "paired change"],
    cells.map((cell, i) => {
      const routing = methodOf(cell, "routing") as SweepMethod;
      const change = routing.change;
      const star = told(cell, "routing").endsWith("\\*") ? "\\*" : "";
      return [
        names[i] as string,
        gain(routing),
        change === null ? "" : `${gain({ delta: change.delta, deltaCi95: change.ci95 })}${star}`,
      ];
    }),
  );
}

function callsTable(cells: readonly SweepCell[]): string {
  const roles = ["rewriter", "candidate", "base", "judge"];
  return markdownTable(
    ["cell", ...roles, "from store"],
    cells.map(({ values, usage }) => {
      const calls = roles.map((role) => whole(usage.find((row) => row.role === role)?.calls ?? 0));
      const found = usage.reduce((sum, { cacheHits }) => sum + cacheHits, 0);
      return [String(Object.values(values)[0]), ...calls, whole(found)];
    }),
  );
}

function poolsTable(cells: readonly SweepCell[]): string {
  const ids = ["routing", "rag-exemplar", "rag-summary", "in-context"];
  return markdownTable(
    ["", "routing oracle", "routing", "RAG-Exemplar", "RAG-Summary", "in-context history"],
    cells.map((cell) => [
      String(cell.values.pool),
      signed(methodOf(cell, "routing-oracle")?.delta ?? null),
      ...ids.map((id) => gain(methodOf(cell, id) as SweepMethod)),
    ]),
  );
}
