import type { StoredCall } from "../core/ports/store.ts";
import type { NewCall } from "./calls-table.ts";
import { type CallRow, fromRow, toRow } from "./codec.ts";
import { callSum, KEY_BYTES } from "./row-sum.ts";

/**
 * Calls made ready for the store elsewhere: as rows of its table with their checksums, one after the other in bytes, which
 * one thread can hand to another without a copy. What costs time about storing a call is done where they are packed.
 *
 * A row: tag (1 byte), key (16), finish reason (1), input and output tokens (4 each), checksum (4), then text, reasoning and
 * log-probabilities, each as its form (1 byte: 0 absent, 1 a text, 2 deflated), its length in bytes (4) and its bytes. Numbers
 * are little-endian. Nothing of it is ever written to a disk.
 */
const HEAD_BYTES = 1 + KEY_BYTES + 1 + 4 + 4 + 4;
const PART_HEAD_BYTES = 5;
const [ABSENT, TEXT, DEFLATED] = [0, 1, 2];
/** UTF-8 bytes of a UTF-16 unit at most. */
const UNIT_BYTES = 3;

/** Packs calls, in the order in which they are added. */
export interface CallPacker {
  /** @param tag a number from 0 to 255 that comes back with the call */
  add(tag: number, key: Uint8Array, call: StoredCall): void;
  /** All that was added since the last time. The bytes are the caller's: they may be transferred. */
  take(): Uint8Array<ArrayBuffer>;
}

export function callPacker(): CallPacker {
  let bytes = Buffer.from(new ArrayBuffer(1 << 16));
  let at = 0;
  const room = (more: number): void => {
    if (at + more <= bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(2 * bytes.length, at + more)));
    larger.set(bytes.subarray(0, at));
    bytes = larger;
  };
  const addPart = (part: CallRow[3 | 4 | 5]): void => {
    if (part === null) {
      room(1);
      bytes[at++] = ABSENT;
      return;
    }
    const isText = typeof part === "string";
    room(PART_HEAD_BYTES + (isText ? UNIT_BYTES : 1) * part.length);
    const start = at + PART_HEAD_BYTES;
    bytes[at] = isText ? TEXT : DEFLATED;
    let length = part.length;
    if (isText) length = bytes.write(part, start, "utf8");
    else bytes.set(part, start);
    bytes.writeUInt32LE(length, at + 1);
    at = start + length;
  };
  return {
    add(tag, key, call) {
      const row = toRow(call);
      room(HEAD_BYTES);
      bytes[at] = tag;
      bytes.set(key, at + 1);
      const rest = at + 1 + KEY_BYTES;
      bytes[rest] = row[0];
      bytes.writeUInt32LE(row[1], rest + 1);
      bytes.writeUInt32LE(row[2], rest + 5);
      bytes.writeInt32LE(callSum(key, row), rest + 9);
      at += HEAD_BYTES;
      addPart(row[3]);
      addPart(row[4]);
      addPart(row[5]);
    },
    take() {
      const taken = new Uint8Array(bytes.buffer.slice(0, at));
      at = 0;
      return taken;
    },
  };
}

/** A call that waits for the store as a finished row. */
export class ReadyCall implements NewCall {
  readonly tag: number;
  readonly key: Uint8Array;
  readonly ready: { readonly row: CallRow; readonly sum: number };

  constructor(key: Uint8Array, row: CallRow, sum: number, tag = 0) {
    this.tag = tag;
    this.key = key;
    this.ready = { row, sum };
  }

  get call(): StoredCall {
    return fromRow(this.ready.row);
  }
}

/** The packed calls, in the order in which they were added. Their keys and deflated parts are views of the bytes. */
export function* packedCalls(packed: Uint8Array): Generator<ReadyCall> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  const part = (): string | Uint8Array | null => {
    const form = bytes[at++];
    if (form === ABSENT) return null;
    const start = at + PART_HEAD_BYTES - 1;
    const end = start + bytes.readUInt32LE(at);
    at = end;
    return form === TEXT ? bytes.toString("utf8", start, end) : bytes.subarray(start, end);
  };
  while (at < bytes.length) {
    const tag = bytes[at] as number;
    const key = bytes.subarray(at + 1, at + 1 + KEY_BYTES);
    const rest = at + 1 + KEY_BYTES;
    const finish = bytes[rest] as number;
    const [input, output] = [bytes.readUInt32LE(rest + 1), bytes.readUInt32LE(rest + 5)];
    const sum = bytes.readInt32LE(rest + 9);
    at += HEAD_BYTES;
    const text = part() as string | Uint8Array;
    yield new ReadyCall(key, [finish, input, output, text, part(), part()], sum, tag);
  }
}
