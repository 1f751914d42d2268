import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import type { TextLine } from "../../core/ports/system.ts";
import { type NpyArray, readNpy } from "../../numerics/npy.ts";
import { readNpz } from "../../numerics/npz.ts";
import { checkScore } from "../scores.ts";
import { eachCsvRecord } from "./csv.ts";

/** Ratings of `rows` texts on named candidates: rows x names, row-major; NaN where missing. */
export interface RatingMatrix {
  readonly names: readonly string[];
  readonly rows: number;
  readonly values: Float64Array;
  /** Scores between 0 and 1, kept as they are. */
  readonly belowScale: number;
}

/** A matrix as its file has it: its columns may be without names. */
export interface RawRatings {
  readonly columns: readonly string[] | number;
  readonly values: Float64Array;
}

/** Reads a matrix of numbers from `.npy` bytes. @throws UsageError for another shape or type */
export function ratingsFromNpy(bytes: Uint8Array, file: string): RawRatings {
  return fromArray(readNpy(bytes, file), file);
}

/** The same from `.npz`: the member `ratings`, or the only one. @throws UsageError */
export function ratingsFromNpz(bytes: Uint8Array, file: string): RawRatings {
  const arrays = readNpz(bytes, file);
  const member = arrays.get("ratings") ?? (arrays.size === 1 ? [...arrays.values()][0] : undefined);
  if (!member) {
    throw new UsageError(
      `the archive has no member ratings, but ${[...arrays.keys()].join(", ") || "none"}`,
      {
        where: file,
        remedy: "save the matrix alone, or under the name ratings",
      },
    );
  }
  return fromArray(member, file);
}

function fromArray({ data, shape, dtype }: NpyArray, file: string): RawRatings {
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows === 0 || columns === 0 || !(data instanceof Float64Array)) {
    throw new UsageError(
      `ratings must be a matrix of numbers, and are ${shape.join(" x ") || "single"} of ${dtype}`,
      {
        where: file,
        remedy: "give a matrix of conversations x candidates",
      },
    );
  }
  return { columns, values: data };
}

/**
 * Reads comma-separated ratings (RFC 4180), one conversation a record. A first record that is not all numbers names the
 * columns. Empty fields, NaN and null are missing.
 * @param wanted with these names given, only their columns are read and others may hold anything
 * @throws UsageError with file and line for a record of another length, a field that is no number, or broken quotes
 */
export function ratingsFromCsv(
  text: string,
  file: string,
  wanted: (columns: readonly string[]) => readonly string[],
): RawRatings {
  const values = new Rows();
  let columns: readonly string[] | number | undefined;
  let taken: readonly number[] = [];
  let width = 0;
  const take = (fields: readonly string[], line: number): void => {
    const where = `${file}, line ${line}`;
    if (columns === undefined) {
      width = fields.length;
      const header = fields.some((field) => Number.isNaN(numberOf(field)) && !isMissing(field));
      columns = header ? wanted(fields) : width;
      taken = header ? wanted(fields).map((name) => fields.indexOf(name)) : fields.map((_, i) => i);
      if (header) return;
    }
    if (fields.length !== width) throw raggedRow(fields.length, width, where);
    for (const i of taken) {
      const field = fields[i] as string;
      const value = numberOf(field);
      if (Number.isNaN(value) && !isMissing(field)) {
        throw new UsageError(`"${field}" is no number`, {
          where: `${where}, column ${i + 1}`,
          remedy: "give numbers alone, or name the columns in the first line and the candidates with --names",
        });
      }
      values.push(value);
    }
  };
  eachCsvRecord(text, file, take);
  return finish(columns, values, file);
}

const score = z.number().nullable();
const scores = z.union([z.array(score), z.record(z.string(), score)]);
const ratingLine = z.union([z.array(score), z.looseObject({ scores })]);
const LINE_SHAPE =
  'write lines such as [7, 2, null] or {"conversation": "c1", "scores": {"warm": 7, "terse": 2}}';

/**
 * Reads ratings as lines of `[7, 2, ...]`, `{scores: [7, 2, ...]}` or `{scores: {name: 7, ...}}`; null and absent
 * names are missing.
 * @throws UsageError with its place for another form or a line of another length
 */
export function ratingsFromJsonl(lines: Iterable<TextLine>, file: string): RawRatings {
  const values = new Rows();
  let columns: string[] | number | undefined;
  let row = 0;
  for (const record of parseJsonl(lines, file, ratingLine, LINE_SHAPE)) {
    const list = Array.isArray(record) ? record : record.scores;
    const where = `${file}, record ${++row}`;
    columns ??= Array.isArray(list) ? list.length : Object.keys(list);
    const width = typeof columns === "number" ? columns : columns.length;
    if (Array.isArray(list) !== (typeof columns === "number")) {
      throw new UsageError("scores are a list here and named in other lines", { where, remedy: LINE_SHAPE });
    }
    if (Array.isArray(list)) {
      if (list.length !== width) throw raggedRow(list.length, width, where);
      for (const value of list) values.push(value ?? Number.NaN);
      continue;
    }
    const names = columns as string[];
    const unknown = Object.keys(list).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new UsageError(`"${unknown}" is not rated in the first line`, {
        where,
        remedy: "name every candidate in the first line, with null where the score is missing",
      });
    }
    for (const name of names) values.push(list[name] ?? Number.NaN);
  }
  return finish(columns, values, file);
}

/**
 * Puts names on a matrix and checks every score.
 * @throws UsageError with row and name for a score off the scale
 */
export function nameRatings(raw: RawRatings, names: readonly string[], file: string): RatingMatrix {
  const { values, columns } = raw;
  const taken =
    typeof columns === "number" ? names.map((_, i) => i) : names.map((name) => columns.indexOf(name));
  const width = typeof columns === "number" ? columns : columns.length;
  const rows = values.length / width;
  const picked = new Float64Array(rows * names.length);
  let belowScale = 0;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < names.length; c++) {
      const value = values[row * width + taken[c]!]!;
      const kind = checkScore(value, () => `${file}: row ${row + 1}, "${names[c]}"`);
      if (kind === "below the scale") belowScale++;
      picked[row * names.length + c] = value;
    }
  }
  return { names, rows, values: picked, belowScale };
}

function finish(columns: readonly string[] | number | undefined, values: Rows, file: string): RawRatings {
  if (columns === undefined || values.length === 0) {
    throw new UsageError("there is no rating in the file", {
      where: file,
      remedy: "give one conversation a line",
    });
  }
  return { columns, values: values.take() };
}

function raggedRow(found: number, wanted: number, where: string): UsageError {
  return new UsageError(`the row has ${found} ratings, and the first one ${wanted}`, {
    where,
    remedy: "give every conversation a rating on every candidate, empty or null where it is missing",
  });
}

const isMissing = (field: string): boolean => /^(|nan|null|na)$/i.test(field);
const numberOf = (field: string): number => (field === "" ? Number.NaN : Number(field));

/** A growing list of numbers at eight bytes each. */
class Rows {
  length = 0;
  #values = new Float64Array(1 << 12);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  take(): Float64Array {
    return this.#values.slice(0, this.length);
  }
}
