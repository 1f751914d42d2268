import type { Results } from "../core/run-record.ts";
import { simulatedNote } from "../core/simulated.ts";
import { methodTable, pairTable } from "./method-tables.ts";
import { textTable } from "./table.ts";

/** The main tables of a run for a terminal, each under its caption; pairs of methods where they are wanted. */
export function mainTables(results: Results, { pairs = false }: { readonly pairs?: boolean } = {}): string {
  const tables = [methodTable(results), ...(pairs ? [pairTable(results)] : [])];
  return tables
    .filter((table) => table.rows.length > 0)
    .map((table) => `${table.caption}${simulatedNote(results)}:\n${textTable(table)}`)
    .join("\n\n");
}
