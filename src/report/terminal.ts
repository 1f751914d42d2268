import type { Results } from "../core/run-record.ts";
import { methodTable, pairTable } from "./method-tables.ts";
import { type Table, textTable } from "./table.ts";

/** The main tables of a run for a terminal, each under its caption; pairs of methods where they are wanted. */
export function mainTables(results: Results, { pairs = false }: { readonly pairs?: boolean } = {}): string {
  const tables = [methodTable(results), ...(pairs ? [pairTable(results)] : [])];
  return tables
    .filter((table) => table.rows.length > 0)
    .map(titled)
    .join("\n\n");
}

const titled = (table: Table): string => `${table.caption}:\n${textTable(table)}`;
