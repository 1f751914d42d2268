import { crc32 } from "node:zlib";
import type { CallRow } from "./codec.ts";

/** Bytes of a content key, and of one in the file, which carries a check of its own. */
export const KEY_BYTES = 16;
export const CHECKED_KEY_BYTES = KEY_BYTES + 2;

/**
 * A key as it stands in the file: followed by the low 16 bits of its CRC-32. Keys are read alone when a store is opened,
 * so a damaged one is noticed there; otherwise its call would be absent without a word.
 */
export function checkedKey(key: Uint8Array): Uint8Array {
  const sum = crc32(key);
  const checked = new Uint8Array(CHECKED_KEY_BYTES);
  checked.set(key);
  checked[KEY_BYTES] = sum & 0xff;
  checked[KEY_BYTES + 1] = (sum >>> 8) & 0xff;
  return checked;
}

/** Whether the 18 bytes are a key and its check. */
export function isKeyWhole(checked: Uint8Array): boolean {
  const sum = crc32(checked.subarray(0, KEY_BYTES));
  return checked[KEY_BYTES] === (sum & 0xff) && checked[KEY_BYTES + 1] === ((sum >>> 8) & 0xff);
}

const head = Buffer.alloc(3 * 8 + 3 * 5);

/**
 * CRC-32 (IEEE 802.3) of a row of the table of calls, as a signed integer, which SQLite keeps in four bytes. Lengths and
 * types are part of it, so that no two rows look alike by having their texts cut at another place.
 * @param key the content key, 16 bytes
 */
export function callSum(key: Uint8Array, row: readonly [...CallRow, ...unknown[]]): number {
  for (let i = 0; i < 3; i++) head.writeDoubleLE(row[i] as number, 8 * i);
  let sum = crc32(key);
  for (let i = 3; i < 6; i++) {
    const part = row[i] as CallRow[3 | 4 | 5];
    const at = 24 + 5 * (i - 3);
    head[at] = part === null ? 0 : typeof part === "string" ? 1 : 2;
    head.writeUInt32LE(part?.length ?? 0, at + 1);
    if (part !== null) sum = crc32(part, sum);
  }
  return crc32(head, sum) | 0;
}

/** The same of an artifact. */
export function artifactSum(kind: string, key: Uint8Array, bytes: Uint8Array): number {
  return crc32(bytes, crc32(key, crc32(kind))) | 0;
}

/** The same of some numbers. */
export function numbersSum(numbers: readonly number[]): number {
  return crc32(Buffer.from(Float64Array.from(numbers).buffer)) | 0;
}
