import type { ShownText } from "./api-types.ts";

/** Characters of a text that are sent with a page; the rest is asked for. */
const FIRST_PIECE = 6_000;
/** Characters that are sent at once when the rest is asked for. */
export const NEXT_PIECE = 200_000;

/** A text's beginning. */
export function shownText(text: string): ShownText {
  return pieceOf(text, 0, FIRST_PIECE);
}

/** `count` characters from `from` on, never half of a surrogate pair. */
export function pieceOf(text: string, from: number, count: number): ShownText {
  let end = Math.min(text.length, from + count);
  if (end < text.length && isHigh(text.charCodeAt(end - 1))) end--;
  return { text: text.slice(from, end), length: text.length };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
