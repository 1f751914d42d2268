import { UsageError } from "../../core/errors.ts";
import { parseJsonText } from "../../core/json.ts";
import type { TextLine } from "../../core/ports/system.ts";
import { decodeText } from "../../core/text.ts";
import type { ByteSource } from "../../parquet/read.ts";
import { type RecordKind, recordsIn } from "./json-layout.ts";

/** How files are reached; relative paths are the caller's matter. */
export interface SourceFiles {
  /** @throws UsageError when there is no such file */
  readFile(path: string): Uint8Array;
  /** Read a piece at a time. @throws UsageError */
  readLines(path: string): Iterable<TextLine>;
  /** @throws UsageError */
  openBytes(path: string): Promise<ByteSource>;
}

/** A record with its place in words: file and line, record or row. */
export interface PlacedRecord {
  readonly record: unknown;
  readonly where: string;
}

/**
 * The records of a JSON or JSONL file in order, whichever of the two its name says: a line at a time where each line is
 * a record, else from the whole text.
 * @param wanted the form of a record, for the error when there is none
 * @throws UsageError naming the line that is no JSON, or what the file holds instead of records
 */
export function* textRecords(
  files: SourceFiles,
  path: string,
  kind: RecordKind,
  wanted: string,
): Generator<PlacedRecord> {
  const lines = nonBlank(files.readLines(path))[Symbol.iterator]();
  const first = lines.next().value;
  if (first === undefined) return;
  const second = lines.next().value;
  const isLines = second !== undefined && isJson(first.text);
  if (!isLines) {
    lines.return?.(undefined);
    yield* wholeFile(files, path, kind, wanted, first);
    return;
  }
  yield lineRecord(first, path);
  yield lineRecord(second, path);
  for (;;) {
    const next = lines.next();
    if (next.done) return;
    yield lineRecord(next.value, path);
  }
}

function* nonBlank(lines: Iterable<TextLine>): Generator<TextLine, undefined> {
  for (const line of lines) if (line.text.trim() !== "") yield line;
}

function isJson(text: string): boolean {
  try {
    parseJsonText(text);
    return true;
  } catch {
    return false;
  }
}

function lineRecord({ number, text }: TextLine, path: string): PlacedRecord {
  const where = `${path}, line ${number}`;
  try {
    return { record: parseJsonText(text), where };
  } catch (error) {
    throw notJson("this line", error, where, "write one complete JSON value a line");
  }
}

function* wholeFile(
  files: SourceFiles,
  path: string,
  kind: RecordKind,
  wanted: string,
  first: TextLine,
): Generator<PlacedRecord> {
  let value: unknown;
  const text = decodeText(files.readFile(path), path);
  try {
    value = parseJsonText(text);
  } catch (error) {
    if (path.toLowerCase().endsWith(".json")) {
      throw notJson("this", error, path, "correct the file; one record a line is read, too");
    }
    yield lineRecord(first, path);
    throw notJson("this", error, path, "write one complete JSON value a line");
  }
  const layout = recordsIn(value, kind);
  if ("problem" in layout && isLine(first, text, path)) {
    yield { record: value, where: `${path}, line ${first.number}` };
    return;
  }
  if ("problem" in layout) {
    throw new UsageError(`there is no list of records in this file: ${layout.problem}`, {
      where: path,
      remedy: wanted,
    });
  }
  for (const [i, record] of layout.records.entries()) yield { record, where: `${path}, ${layout.place(i)}` };
}

/** Whether a file of records a line has only this one. */
function isLine({ text }: TextLine, whole: string, path: string): boolean {
  return !path.toLowerCase().endsWith(".json") && text.trim() === whole.trim();
}

function notJson(what: string, error: unknown, where: string, remedy: string): UsageError {
  const { message } = error as Error;
  const isCut = /unterminated|unexpected end/i.test(message);
  return new UsageError(`${what} is not valid JSON: ${message}`, {
    where,
    remedy: isCut ? `${remedy}; a file that was cut has to be fetched again` : remedy,
    cause: error,
  });
}
