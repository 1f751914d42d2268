import type { ExportSummary, ImportSummary } from "../app/batch/calls.ts";
import type { MissingCalls } from "../app/batch/visit.ts";
import { whole } from "../report/format.ts";

/** What an export has written, for a terminal. */
export function shownExport({ files, missing, reached, out: dir }: ExportSummary, run: string): string {
  if (reached === "all") return nothingMissing(run);
  const written = files.map(
    ({ file, requests, bytes }) => `${file}  ${whole(requests)} requests, ${(bytes / 1e6).toFixed(1)} MB`,
  );
  return `${[
    `missing now, to be known before ${reached === "users" ? "methods can answer" : "results can be written"}: ${rolesOf(missing)}`,
    ...(written.length === 0 ? ["no request of the chosen roles is missing"] : written),
    `next: have the files in ${dir} answered, then: apm-bench calls import ${run} FILE...`,
  ].join("\n")}\n`;
}

/** What an import has found, for a terminal. */
export function shownImport(summary: ImportSummary, run: string): string {
  const { lines, stored, refusedRequests, there, unasked, repeated, left, refused, spent } = summary;
  const count = (n: number, words: string): string[] => (n === 0 ? [] : [`  ${whole(n)} ${words}`]);
  return `${[
    `${whole(lines)} lines`,
    ...count(stored, "answers stored"),
    ...count(refusedRequests, "requests refused by the server for good: their results count as missing"),
    ...count(there, "answers to calls that have one already"),
    ...count(unasked, "answers to what this run does not ask, or not yet: left out"),
    ...count(repeated, "further answers to the same request: the first counts"),
    ...Object.entries(left).map(([reason, n]) => `  ${whole(n)} to be asked again: ${reason}`),
    ...Object.entries(refused).map(
      ([reason, { count: n, first }]) => `  ${whole(n)} lines refused: ${reason} (${first})`,
    ),
    ...(spent.usd > 0
      ? [`spent: $${spent.usd.toFixed(4)}, by models.<role>.price and its share for batches`]
      : []),
    summary.reached === "all"
      ? nothingMissing(run).trimEnd()
      : `missing now: ${rolesOf(summary.missing)}; next: apm-bench calls export ${run}`,
  ].join("\n")}\n`;
}

const nothingMissing = (run: string): string =>
  `nothing is missing; the run that writes the results asks for nothing: apm-bench run ${run}/config.json --out ${run}\n`;

const rolesOf = (missing: MissingCalls): string =>
  Object.entries(missing)
    .map(([role, n]) => `${whole(n)} of the ${role}`)
    .join(", ");
