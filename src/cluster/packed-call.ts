import type { LoggedCall } from "../core/ports/call-log.ts";
import type { StoredCall } from "../core/ports/store.ts";
import { type CallRow, fromRow, toRow } from "../store/codec.ts";
import type { ReadyCall } from "../store/packed-calls.ts";
import { callSum } from "../store/row-sum.ts";

const HEAD_BYTES = 9;
const PART_BYTES = 5;

/** What a part of a packed call is: nothing, text as it is, or a raw deflate stream. */
const [NONE, PLAIN, DEFLATED] = [0, 1, 2];

interface PackedCall {
  readonly bytes: Buffer;
  readonly sum: number;
}

/**
 * A call as one string of bytes: finish reason (1), tokens in and out (4 each, big-endian), then text, reasoning and
 * log-probabilities, each as kind (1), length (4) and bytes. Texts are packed as in the local store.
 */
export function packCall({ key, call }: LoggedCall): PackedCall {
  const row = toRow(call);
  return { bytes: packRow(row), sum: callSum(key, row) };
}

/** The same of a call that was made ready for the local store: deflating is most of the work. */
export const packReady = ({ ready }: ReadyCall): PackedCall => ({
  bytes: packRow(ready.row),
  sum: ready.sum,
});

function packRow(row: CallRow): Buffer {
  const parts = row.slice(3).map((part) => {
    if (part === null) return { kind: NONE, bytes: Buffer.alloc(0) };
    return typeof part === "string"
      ? { kind: PLAIN, bytes: Buffer.from(part) }
      : { kind: DEFLATED, bytes: Buffer.from(part as unknown as Uint8Array) };
  });
  const bytes = Buffer.alloc(parts.reduce((n, part) => n + PART_BYTES + part.bytes.length, HEAD_BYTES));
  bytes.writeUInt8(row[0], 0);
  bytes.writeUInt32BE(row[1], 1);
  bytes.writeUInt32BE(row[2], 5);
  let at = HEAD_BYTES;
  for (const part of parts) {
    bytes.writeUInt8(part.kind as number, at);
    bytes.writeUInt32BE(part.bytes.length, at + 1);
    part.bytes.copy(bytes, at + PART_BYTES);
    at += PART_BYTES + part.bytes.length;
  }
  return bytes;
}

/** The call of a packed one; `undefined` when bytes and checksum do not agree. */
export function unpackCall(key: Uint8Array, bytes: Buffer, sum: number): StoredCall | undefined {
  try {
    let at = HEAD_BYTES;
    const part = (): string | Buffer | null => {
      const kind = bytes.readUInt8(at);
      const from = at + PART_BYTES;
      at = from + bytes.readUInt32BE(at + 1);
      if (kind === NONE) return null;
      return kind === PLAIN ? bytes.toString("utf8", from, at) : bytes.subarray(from, at);
    };
    const numbers = [bytes.readUInt8(0), bytes.readUInt32BE(1), bytes.readUInt32BE(5)] as const;
    const row = [...numbers, part(), part(), part()] as CallRow;
    return at === bytes.length && callSum(key, row) === sum ? fromRow(row) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // cut off
    throw error;
  }
}
