import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { ApmError } from "../core/errors.ts";
import type { FileWriter } from "../core/ports/system.ts";
import { VERSION } from "../core/version.ts";
import { type Cell, type CellType, JS_TYPES, type Row, type TableColumn } from "./table.ts";

/** A Parquet table that is written row by row: no more than one row group is ever in memory. */
export interface TableWriter {
  /** @throws ApmError when a cell is missing or of another type; as the file where the disk refuses */
  write(row: Row): void;
  /** Writes what is left; the file appears under its name. @returns how many rows there are */
  close(): number;
  /** Removes what was written so far. */
  discard(): void;
}

/** Rows of a row group: large enough for dictionaries to pay, small enough for texts of some thousand letters. */
const ROW_GROUP = 10_000;
/** ... or so many letters of text, whichever is reached first. */
const GROUP_LETTERS = 16_000_000;

/**
 * Begins a Parquet table (Snappy). The same rows give the same bytes.
 * @param about key-value metadata of the file, such as what was simulated
 */
export function parquetTable(
  file: FileWriter,
  columns: readonly TableColumn[],
  { about = {}, rowGroup = ROW_GROUP }: TableOptions = {},
): TableWriter {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(elementOf)],
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
    createdBy: `apm-bench ${VERSION}`,
  });
  let group: Cell[][] = columns.map(() => []);
  let [rows, inGroup, letters] = [0, 0, 0];

  const handOver = (): void => {
    file.write(bytes.getBytes().slice());
    bytes.index = 0;
  };
  const writeGroup = (): void => {
    if (inGroup === 0) return;
    writer.write({
      columnData: columns.map(({ name }, i) => ({ name, data: group[i] as Cell[] })),
      rowGroupSize: inGroup,
    });
    handOver();
    group = columns.map(() => []);
    [inGroup, letters] = [0, 0];
  };
  return {
    write(row) {
      for (const [i, column] of columns.entries()) {
        const cell = checkedCell(row[column.name], column);
        if (typeof cell === "string") letters += cell.length;
        (group[i] as Cell[]).push(cell);
      }
      rows++;
      inGroup++;
      if (inGroup >= rowGroup || letters >= GROUP_LETTERS) writeGroup();
    },
    close() {
      writeGroup();
      writer.finish();
      handOver();
      file.close();
      return rows;
    },
    discard: () => file.discard(),
  };
}

export interface TableOptions {
  readonly about?: Readonly<Record<string, string>>;
  /** Most rows of a row group. */
  readonly rowGroup?: number;
}

const ELEMENTS: Readonly<Record<CellType, Pick<SchemaElement, "type" | "converted_type">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  integer: { type: "INT32" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
};

function elementOf({ name, type, nullable }: TableColumn): SchemaElement {
  return { name, repetition_type: nullable ? "OPTIONAL" : "REQUIRED", ...ELEMENTS[type] };
}

function checkedCell(cell: Cell | undefined, { name, type, nullable }: TableColumn): Cell {
  if (cell === null && nullable) return null;
  if (typeof cell !== JS_TYPES[type] || (type === "integer" && (cell as number) !== ((cell as number) | 0)))
    throw new ApmError(`${JSON.stringify(cell)} is no ${type}`, { where: `column ${name}` });
  return cell as Cell;
}
