import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { FinishReason, TokenLogprob } from "../core/ports/language-model.ts";
import type { StoredCall } from "../core/ports/store.ts";

/**
 * A call as a row of the table: finish reason as a small integer (0 and 1 take no byte in SQLite), texts as they are
 * when short and deflated when long, and null for what is absent.
 */
export type CallRow = [
  finish: number,
  inputTokens: number,
  outputTokens: number,
  text: PackedText,
  reasoning: PackedText | null,
  logprobs: PackedText | null,
];

/** A string is stored as it is, bytes are a raw deflate stream of its UTF-8. */
export type PackedText = string | Uint8Array;

const FINISH: readonly FinishReason[] = ["stop", "length", "filter"];

/**
 * Below this many characters a text is left alone. At the 800 characters of a typical answer, deflating costs 20 µs
 * and saves half; inflating costs 6 µs (bench/store.ts). A judge's number is far below it.
 */
const PACK_FROM = 300;
/** A window of 8 KiB holds a whole answer and is quicker to set up than the default of 32 KiB. */
const PACKING = { level: 6, windowBits: 13, memLevel: 6, chunkSize: 1024 };
/** zlib's own piece of memory, for each text anew, would be 16 KiB. */
const UNPACKING = { chunkSize: 4096 };

export function toRow(call: StoredCall): CallRow {
  return [
    FINISH.indexOf(call.finishReason),
    call.inputTokens,
    call.outputTokens,
    pack(call.text),
    call.reasoning === undefined ? null : pack(call.reasoning),
    call.logprobs === undefined ? null : pack(JSON.stringify(call.logprobs.map(toTuple))),
  ];
}

export function fromRow(row: readonly [...CallRow, ...unknown[]]): StoredCall {
  const [finish, inputTokens, outputTokens, text, reasoning, logprobs] = row;
  return {
    text: unpack(text),
    finishReason: FINISH[finish] as FinishReason,
    inputTokens,
    outputTokens,
    ...(reasoning === null ? {} : { reasoning: unpack(reasoning) }),
    ...(logprobs === null ? {} : { logprobs: (JSON.parse(unpack(logprobs)) as TokenTuple[]).map(toToken) }),
  };
}

/** The same numbers as `TokenLogprob` without its repeated names: token, log-probability, then the alternatives. */
type TokenTuple = [token: string, logprob: number, top: (string | number)[]];

function toTuple({ token, logprob, top }: TokenLogprob): TokenTuple {
  return [token, logprob, top.flatMap((t) => [t.token, t.logprob])];
}

function toToken([token, logprob, flat]: TokenTuple): TokenLogprob {
  const top = [];
  for (let i = 0; i < flat.length; i += 2) {
    top.push({ token: flat[i] as string, logprob: flat[i + 1] as number });
  }
  return { token, logprob, top };
}

function pack(text: string): PackedText {
  return text.length < PACK_FROM ? text : deflateRawSync(text, PACKING);
}

function unpack(packed: PackedText): string {
  return typeof packed === "string" ? packed : inflateRawSync(packed, UNPACKING).toString("utf8");
}
