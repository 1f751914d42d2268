/**
 * Are intervals, p-values, verdicts and power right? Simulates studies whose truth is known, with the product's own
 * functions, and writes the tables of docs/validity.md. About half an hour on one core.
 *
 * node bench/validity.ts [--replicates 2000] [--write]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fold, rootKey } from "../src/core/random.ts";
import { powerRows, scatterRows } from "./validity/attained-power.ts";
import { coverageRows } from "./validity/coverage.ts";
import { markdownTable } from "./validity/markdown.ts";

const { values } = parseArgs({ options: { replicates: { type: "string" }, write: { type: "boolean" } } });
const replicates = Number(values.replicates ?? 2000);
const key = fold(rootKey("validity"), replicates);

const make = {
  power: () => powerRows(2 * replicates, key),
  scatter: () => scatterRows(Math.ceil(replicates / 20), key),
  coverage: () => coverageRows(replicates, key),
};
const tables = Object.entries(make).map(([name, rows]) => {
  const table = markdownTable(rows());
  console.log(`\n${table}`);
  return [name, table] as const;
});
if (values.write) {
  const file = join(import.meta.dirname, "..", "docs", "validity.md");
  const page = tables.reduce(
    (text, [name, table]) => {
      const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
      const [from, to] = [text.indexOf(open) + open.length, text.indexOf(close)];
      if (to < from) throw new Error(`${file} has no place for the table "${name}"`);
      return `${text.slice(0, from)}${table}\n${text.slice(to)}`;
    },
    readFileSync(file, "utf8"),
  );
  writeFileSync(file, page);
}
