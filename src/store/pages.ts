/**
 * Reads the rows out of the pages of a SQLite file without believing its trees, lists and counts: for files in which
 * those are damaged. Formats: https://www.sqlite.org/fileformat2.html, sections 1.5 and 1.6 (b-tree pages and cells),
 * 2.1 (records) and 4.1 (write-ahead log).
 */
export type PageValue = null | number | string | Uint8Array;

export interface PageRow {
  readonly id: number;
  readonly values: readonly PageValue[];
}

/** All stores have pages of this size; the file's own word may be damaged. */
const PAGE = 4096;
const FILE_HEADER = 100;
const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** First byte of a page that holds rows of a table. */
const TABLE_LEAF = 0x0d;
/** More columns than any table of ours has: a record that claims more is none. */
const MOST_COLUMNS = 12;

/**
 * Every row that some page may hold, also stale ones and nonsense: the caller knows sound ones by their checksum.
 * @param file the database file
 * @param log its write-ahead log, empty when there is none
 * @param strict only pages that call themselves leaves, and as many rows as they say: for rows without checksums
 */
export function* pageRows(file: Uint8Array, log: Uint8Array, strict: boolean): Generator<PageRow> {
  const logged = new Map<number, Uint8Array>();
  const frames: Uint8Array[] = [];
  const logView = viewOf(log);
  for (let at = LOG_HEADER; at + FRAME_HEADER + PAGE <= log.length; at += FRAME_HEADER + PAGE) {
    const page = log.subarray(at + FRAME_HEADER, at + FRAME_HEADER + PAGE);
    frames.push(page);
    // Frames of an earlier round of the log have other salts.
    const isCurrent = [0, 4].every((i) => logView.getUint32(at + 8 + i) === logView.getUint32(16 + i));
    if (isCurrent) logged.set(logView.getUint32(at), page);
  }
  const pages: Pages = {
    bytes: file.length + log.length,
    numbered(n) {
      const page = logged.get(n) ?? file.subarray(PAGE * (n - 1), PAGE * n);
      return page.length === PAGE ? page : undefined;
    },
  };
  for (let n = 1; n * PAGE <= file.length; n++) {
    const page = file.subarray(PAGE * (n - 1), PAGE * n);
    yield* leafRows(page, n === 1 ? FILE_HEADER : 0, pages, strict);
  }
  for (const page of frames) yield* leafRows(page, 0, pages, strict);
}

interface Pages {
  /** Of all of them together: nothing in them can be longer. */
  readonly bytes: number;
  /** The newest version of a page, numbered from 1. */
  numbered(n: number): Uint8Array | undefined;
}

function* leafRows(page: Uint8Array, start: number, pages: Pages, strict: boolean): Generator<PageRow> {
  const view = viewOf(page);
  if (strict && page[start] !== TABLE_LEAF) return;
  const pointers = start + 8;
  const claimed = strict ? view.getUint16(start + 3) : PAGE;
  // The list of cells ends where the first of them begins: by the page's own word or by the list, as one may be wrong.
  const begin = view.getUint16(start + 5);
  let lowest = PAGE;
  for (let i = 0; i < claimed && pointers + 2 * i + 2 <= Math.min(PAGE, Math.max(begin, lowest)); i++) {
    const at = view.getUint16(pointers + 2 * i);
    if (at < pointers || at >= PAGE) continue;
    lowest = Math.min(lowest, at);
    const row = cellRow(page, at, pages);
    if (row !== undefined) yield row;
  }
}

function cellRow(page: Uint8Array, at: number, pages: Pages): PageRow | undefined {
  const size = varint(page, at);
  const id = varint(page, size.end);
  const payload = payloadAt(page, id.end, size.value, pages);
  const values = payload && recordValues(payload);
  return values && { id: id.value, values };
}

/** Bytes of a cell that may have overflowed into a chain of further pages. */
function payloadAt(page: Uint8Array, at: number, size: number, pages: Pages): Uint8Array | undefined {
  const most = PAGE - 35;
  if (size <= most) return at + size <= PAGE ? page.subarray(at, at + size) : undefined;
  const least = Math.floor(((PAGE - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (PAGE - 4));
  const local = fitting <= most ? fitting : least;
  if (at + local + 4 > PAGE || size > pages.bytes) return undefined;
  const parts = [page.subarray(at, at + local)];
  let left = size - local;
  let next = viewOf(page).getUint32(at + local);
  while (left > 0) {
    const overflow = next === 0 ? undefined : pages.numbered(next);
    if (overflow === undefined) return undefined;
    parts.push(overflow.subarray(4, 4 + Math.min(left, PAGE - 4)));
    left -= PAGE - 4;
    next = viewOf(overflow).getUint32(0);
  }
  return Buffer.concat(parts);
}

function recordValues(record: Uint8Array): PageValue[] | undefined {
  const header = varint(record, 0);
  if (header.value > record.length) return undefined;
  const types: number[] = [];
  for (let at = header.end; at < header.value; ) {
    const type = varint(record, at);
    types.push(type.value);
    if (types.length > MOST_COLUMNS) return undefined;
    at = type.end;
  }
  const values: PageValue[] = [];
  let at = header.value;
  for (const type of types) {
    const size = sizeOf(type);
    if (at + size > record.length) return undefined;
    values.push(columnValue(record, at, type, size));
    at += size;
  }
  return values;
}

const INTEGER_SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

function sizeOf(type: number): number {
  return type < 12 ? (INTEGER_SIZES[type] ?? 0) : Math.floor((type - 12) / 2);
}

function columnValue(record: Uint8Array, at: number, type: number, size: number): PageValue {
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return viewOf(record).getFloat64(at);
  if (type > 0 && type < 7) return signed(record, at, size);
  if (type < 12) return null;
  const bytes = record.subarray(at, at + size);
  return type % 2 === 0 ? bytes : Buffer.from(bytes).toString("utf8");
}

/** Two's complement, big-endian, 1 to 8 bytes. */
function signed(bytes: Uint8Array, at: number, size: number): number {
  let value = ((bytes[at] as number) << 24) >> 24;
  for (let i = 1; i < size; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}

/** Seven bits a byte, high bits first; the ninth byte gives eight. */
function varint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[start + i] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return { value: value * 256 + (bytes[start + 8] ?? 0), end: start + 9 };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
