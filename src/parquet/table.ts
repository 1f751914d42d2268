/** What a cell of a Parquet column holds; `null` where there is nothing. */
export type Cell = string | number | boolean | null;

/** What a column holds. `integer` has 32 bits, `number` is a double. */
export type CellType = "text" | "integer" | "number" | "boolean";

/** How JavaScript calls the type of a cell. */
export const JS_TYPES: Readonly<Record<CellType, "string" | "number" | "boolean">> = {
  text: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
};

export interface TableColumn {
  readonly name: string;
  readonly type: CellType;
  /** Whether cells may be empty. */
  readonly nullable?: boolean;
}

/** One row, by the names of its columns. */
export type Row = Readonly<Record<string, Cell>>;
