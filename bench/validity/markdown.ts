/** A table for a page: each row's values by the titles of their columns. */
export function markdownTable(rows: readonly Readonly<Record<string, string>>[]): string {
  const titles = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(titles),
    line(titles.map(() => "---")),
    ...rows.map((row) => line(titles.map((title) => row[title] ?? ""))),
  ].join("\n");
}

/** A share over replicates with its Monte-Carlo error, from the replicates' own spread. */
export function percentWithError(values: readonly number[]): string {
  const rate = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - rate) ** 2, 0) / (values.length - 1);
  return `${(100 * rate).toFixed(1)} ± ${(100 * Math.sqrt(variance / values.length)).toFixed(1)}`;
}
