import type { Results } from "../core/run-record.ts";
import { type RunFigure, runFigures } from "../report/figures/run-figures.ts";
import { standaloneSvg } from "../report/figures/svg.ts";
import { gainWords, remarks, verdictGroups } from "../report/headline.ts";
import { renderReport } from "../report/html.ts";
import { runTables } from "../report/run-tables.ts";
import { csvTable, latexTable, type Table } from "../report/table.ts";
import type { Overview } from "./api-types.ts";

/** What is made of a run record; each part at most once, for drawing one takes up to a second and many megabytes. */
interface Made {
  readonly figures: () => readonly RunFigure[];
  readonly tables: () => readonly Table[];
  readonly report: () => string;
  readonly overview: () => Overview["finished"];
}

const kept = new WeakMap<Results, Made>();

function madeOf(results: Results): Made {
  const known = kept.get(results);
  if (known !== undefined) return known;
  const figures = once(() => runFigures(results));
  const tables = once(() => runTables(results));
  const report = once(() => renderReport(results));
  const overview = once(() => overviewOf(results, figures(), tables()));
  const made = { figures, tables, report, overview };
  kept.set(results, made);
  return made;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * A file that the page offers: a figure as SVG, a table as CSV or LaTeX, or the report.
 * @param name such as `gains.svg`
 * @param isInline for a figure that is to stand in the page
 * @returns `undefined` when there is no such file
 */
export function viewerFile(
  results: Results,
  name: string,
  isInline: boolean,
): { type: string; content: string } | undefined {
  const { figures, tables, report } = madeOf(results);
  const at = name.lastIndexOf(".");
  const [stem, extension] = [name.slice(0, Math.max(0, at)), name.slice(at + 1)];
  const figure = extension === "svg" ? figures().find(({ id }) => id === stem) : undefined;
  if (figure !== undefined) {
    return { type: "image/svg+xml", content: isInline ? figure.svg : standaloneSvg(figure.svg, results) };
  }
  const table = tables().find(({ id }) => id === stem);
  if (table !== undefined && extension === "csv")
    return { type: "text/csv", content: csvTable(table, results) };
  if (table !== undefined && extension === "tex") {
    return { type: "application/x-tex", content: latexTable(table, results) };
  }
  return name === "report.html" ? { type: "text/html", content: report() } : undefined;
}

/** What the first page shows of a run that ended. */
export function finishedOverview(results: Results): Overview["finished"] {
  return madeOf(results).overview();
}

function overviewOf(
  results: Results,
  figures: readonly RunFigure[],
  tables: readonly Table[],
): Overview["finished"] {
  const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;
  return {
    title: `${results.config.pool.name ?? `K = ${results.config.pool.principles.length}`}, ${count(results.users.test, "test user")}, ${count(results.worlds.length, "world")}`,
    verdicts: verdictGroups(results).map(({ verdict, title, methods }) => ({
      verdict,
      title,
      methods: methods.map((m) => gainWords(m, results)),
    })),
    remarks: remarks(results),
    figures: figures
      .filter((f) => f.section === "main" || f.section === "whom")
      .map(({ id, caption, wide }) => ({ id, caption, wide: wide ?? false })),
    tables: tables
      .filter((t) => ["methods", "pairs", "usage"].includes(t.id))
      .map(({ id, caption, columns, rows }) => ({ id, caption, columns, rows })),
  };
}
