import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { isObject } from "../../conversations/sources/content.ts";
import { kindAt } from "../../conversations/sources/file-kind.ts";
import type { RecordKind } from "../../conversations/sources/json-layout.ts";
import { type PlacedRecord, type SourceFiles, textRecords } from "../../conversations/sources/records.ts";
import { UsageError } from "../../core/errors.ts";
import { type ByteSource, guardedParquet } from "../../parquet/read.ts";

/** Which columns of a file are read. */
export interface WantedColumns {
  /** They must be there; where several are named, one of them. */
  readonly needed: readonly (readonly string[])[];
  /** They are read where they are. */
  readonly used: readonly string[];
}

/**
 * All records of a JSONL, JSON or Parquet file, in order.
 * @throws UsageError naming the place that cannot be read, or the columns that are wanted and those that are there
 */
export async function readRecords(
  files: SourceFiles,
  path: string,
  columns: WantedColumns,
): Promise<PlacedRecord[]> {
  const bytes = await files.openBytes(path);
  if ((await kindAt(bytes, path)) === "parquet") return parquetRecords(bytes, path, columns);
  const kind: RecordKind = {
    reads: (value) => isObject(value) && missingIn(columns, Object.keys(value)) === undefined,
    isTextList: () => false,
  };
  const remedy = `write one object a record, with: ${inWords(columns)}`;
  const records = [...textRecords(files, path, kind, remedy)];
  for (const { record, where } of records) {
    if (!isObject(record)) throw new UsageError("this is no object with columns", { where, remedy });
    checkColumns(columns, Object.keys(record), where);
  }
  return records;
}

function missingIn({ needed }: WantedColumns, found: readonly string[]): readonly string[] | undefined {
  return needed.find((names) => !names.some((name) => found.includes(name)));
}

/** @throws UsageError when a needed column is missing */
function checkColumns(columns: WantedColumns, found: readonly string[], where: string): void {
  const missing = missingIn(columns, found);
  if (missing === undefined) return;
  throw new UsageError(`there is no column "${missing.join('" or "')}"`, {
    where,
    remedy: `wanted: ${inWords(columns)}; found: ${found.join(", ") || "none"}`,
  });
}

const inWords = ({ needed }: WantedColumns): string => needed.map((names) => names.join(" or ")).join(", ");

async function parquetRecords(
  file: ByteSource,
  path: string,
  columns: WantedColumns,
): Promise<PlacedRecord[]> {
  const metadata = await guardedParquet(path, () => parquetMetadataAsync(file));
  const present = parquetSchema(metadata).children.map((child) => child.element.name);
  checkColumns(columns, present, path);
  const read = [...columns.needed.flat(), ...columns.used].filter((column) => present.includes(column));
  const rows = await guardedParquet(path, () =>
    parquetReadObjects({ file, compressors, metadata, columns: read }),
  );
  return rows.map((row, i) => ({ record: plainNumbers(row), where: `${path}, row ${i + 1}` }));
}

/** 64-bit integers as numbers: JSON has no others. */
function plainNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainNumbers(inner)]));
}
