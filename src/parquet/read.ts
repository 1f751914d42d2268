import { parquetScan, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { UsageError } from "../core/errors.ts";
import { type Cell, JS_TYPES, type Row, type TableColumn } from "./table.ts";

/** A file that can be read in pieces; the shape that hyparquet takes. */
export interface ByteSource {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer> | ArrayBuffer;
}

/**
 * The rows of a Parquet table, one row group in memory at a time.
 * @param columns those that are read; others may stand beside them
 * @param file name for errors
 * @throws UsageError when this is no Parquet file, lacks a column, or a cell is of another type
 */
export async function* readTable(
  bytes: ByteSource,
  columns: readonly TableColumn[],
  file: string,
): AsyncGenerator<Row> {
  const names = columns.map(({ name }) => name);
  const scan = await guardedParquet(file, () => parquetScan({ file: bytes, compressors }));
  const found = new Set(parquetSchema(scan.metadata).children.map(({ element }) => element.name));
  const absent = names.find((name) => !found.has(name));
  if (absent !== undefined) {
    throw new UsageError(`this table has no column "${absent}"`, {
      where: file,
      remedy: `it needs: ${names.join(", ")}; fetch or make the file again`,
    });
  }
  for (const { rowStart, rowEnd } of scan.ranges) {
    const cells: ArrayLike<unknown>[] = [];
    for (const { name: column } of columns) {
      cells.push(await guardedParquet(file, () => scan.readColumn({ column, rowStart, rowEnd })));
    }
    for (let i = 0; i < rowEnd - rowStart; i++) {
      const row: Record<string, Cell> = {};
      for (const [c, column] of columns.entries()) {
        row[column.name] = cellOf(cells[c]?.[i], column, file, rowStart + i + 1);
      }
      yield row;
    }
  }
}

function cellOf(value: unknown, { name, type, nullable }: TableColumn, file: string, row: number): Cell {
  if (value === null || value === undefined) {
    if (nullable) return null;
  } else if (typeof value === JS_TYPES[type]) return value as Cell;
  throw new UsageError(`${value === undefined ? "nothing" : JSON.stringify(value)} is no ${type}`, {
    where: `${file}, row ${row}, column "${name}"`,
    remedy: "the table was changed or damaged; fetch or make it again",
  });
}

/** The reader's own errors speak of bytes; the user needs the file and what to do. */
export async function guardedParquet<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { message } = error as Error;
    const isCut = message.includes("footer != PAR1");
    throw new UsageError(
      `cannot read this as Parquet: ${isCut ? "its end is missing, so the file was cut" : message}`,
      {
        where: file,
        remedy: "check that the file is complete, and written as Parquet; fetch it again otherwise",
        cause: error,
      },
    );
  }
}
