import { type Fields, inWords, isObject, keysInWords, shown } from "./content.ts";

/** Records of a JSON file, and where each stands in words; or why there are none. */
export type Layout =
  | { readonly records: readonly unknown[]; readonly place: (index: number) => string }
  | { readonly problem: string };

/** What a kind of records looks like. */
export interface RecordKind {
  /** Whether a value is such a record. */
  reads(value: unknown): boolean;
  /** Whether a list of texts under this key may be records. */
  isTextList(key: string): boolean;
}

const DEEPEST = 3;

/**
 * The records of a JSON file in any layout that names them without doubt: a list, a single record, a list under a key of
 * an object (`{"data": [...]}`), or a table as pandas writes it (`orient` split, columns, list, index, table).
 */
export function recordsIn(value: unknown, kind: RecordKind, depth = 0): Layout {
  if (kind.reads(value)) return { records: [value], place: () => "the record" };
  if (Array.isArray(value)) return { records: value, place: (i) => `record ${i + 1}` };
  if (!isObject(value)) return { problem: `it holds ${inWords(value)}` };
  const table = rowsOfSplit(value) ?? rowsOfColumns(value, kind);
  if (table !== undefined) return { records: table, place: (i) => `row ${i + 1}` };
  return underKeys(value, kind, depth);
}

/** `orient="split"`: `{"columns": [...], "index": [...], "data": [[...], ...]}`. */
function rowsOfSplit({ columns, data }: Fields): Fields[] | undefined {
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return undefined;
  const names = columns.map(String);
  return data.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

/** `orient="columns"` (`{"prompt": {"0": ..., "1": ...}}`) and `"list"` (`{"prompt": [...]}`): columns of equal length. */
function rowsOfColumns(value: Fields, kind: RecordKind): Fields[] | undefined {
  const columns = Object.entries(value);
  const [first] = columns;
  if (first === undefined) return undefined;
  const isList = Array.isArray(first[1]);
  const labels = Object.keys(first[1] ?? {});
  const fits = (column: unknown): boolean =>
    isList
      ? Array.isArray(column) && column.length === labels.length
      : isObject(column) && labels.every((label) => Object.hasOwn(column, label));
  if (labels.length === 0 || !columns.every(([, column]) => fits(column))) return undefined;
  const rowAt = (label: string): Fields =>
    Object.fromEntries(columns.map(([name, column]) => [name, (column as Fields)[label]]));
  return labels.slice(0, TRIED).some((label) => kind.reads(rowAt(label))) ? labels.map(rowAt) : undefined;
}

/** A list is taken for records when one of its first items is one. */
const TRIED = 5;

function underKeys(value: Fields, kind: RecordKind, depth: number): Layout {
  const entries = Object.entries(value);
  const lists = entries.filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const ofRecords = lists.filter(([key, list]) => {
    const items = list.slice(0, TRIED);
    return items.some((item) => kind.reads(item) && (typeof item !== "string" || kind.isTextList(key)));
  });
  if (ofRecords.length === 1) {
    const [[key, records]] = ofRecords as [[string, unknown[]]];
    return { records, place: (i) => `${key}, record ${i + 1}` };
  }
  if (ofRecords.length > 1) {
    const names = ofRecords.map(([key]) => shown(key)).join(", ");
    return { problem: `there are several lists of records: ${names}` };
  }
  const objects = entries.filter((entry): entry is [string, Fields] => isObject(entry[1]));
  if (objects.length === entries.length && objects.slice(0, TRIED).some(([, item]) => kind.reads(item))) {
    return {
      records: objects.map(([, item]) => item),
      place: (i) => `record ${shown(objects[i]?.[0] ?? "")}`,
    };
  }
  if (depth < DEEPEST) {
    const inner = objects.map(([key, item]) => [key, recordsIn(item, kind, depth + 1)] as const);
    const found = inner.filter(
      (entry): entry is [string, Exclude<Layout, { problem: string }>] => "records" in entry[1],
    );
    if (found.length === 1) {
      const [[key, layout]] = found as [(typeof found)[number]];
      return { records: layout.records, place: (i) => `${key}, ${layout.place(i)}` };
    }
    if (found.length > 1) {
      return {
        problem: `there are several lists of records: ${found.map(([key]) => shown(key)).join(", ")}`,
      };
    }
  }
  return { problem: `it is an object with ${whatIsThere(entries, lists)}` };
}

function whatIsThere(
  entries: readonly (readonly [string, unknown])[],
  lists: readonly (readonly [string, unknown[]])[],
): string {
  if (lists.length === 0) return keysInWords(Object.fromEntries(entries));
  return lists
    .slice(0, 5)
    .map(([key, list]) => `${inWords(list)} under ${shown(key)}, of which the first is ${inWords(list[0])}`)
    .join("; ");
}
