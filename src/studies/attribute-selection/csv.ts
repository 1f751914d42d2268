import { CsvError, parse } from "csv-parse/sync";
import { UsageError } from "../../core/errors.ts";

/**
 * Hands every record of a comma-separated text to `take`, with the number of its last line; blank lines are skipped.
 * Records may differ in length.
 * @throws UsageError with the line where quotes are broken, and whatever `take` throws
 */
export function eachCsvRecord(
  text: string,
  file: string,
  take: (fields: readonly string[], line: number) => void,
): void {
  try {
    parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      // Nothing is kept: a matrix of a hundred million fields is read in the memory of its text.
      on_record: (fields: string[], { lines }) => {
        take(fields, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError(`this is no comma-separated text: ${error.message}`, {
      where: file,
      remedy: "put quotes around a whole field and double those inside it (RFC 4180)",
      cause: error,
    });
  }
}
