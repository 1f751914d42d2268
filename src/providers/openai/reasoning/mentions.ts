/** A part of a text, in UTF-16 units; `end` is exclusive. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Closed fences of code that begin a line, and code within a line. */
const CODE = /^[ \t]*(```|~~~)[^\n]*\n[\s\S]*?^[ \t]*\1[ \t]*$|`[^`\n]+`/gm;

/** Where a text quotes code: marks in there are what the text is about. */
export function codeIn(text: string): Part[] {
  return [...text.matchAll(CODE)].map(({ index, 0: all }) => ({ start: index, end: index + all.length }));
}

export function isWithin(parts: readonly Part[], at: number): boolean {
  return parts.some(({ start, end }) => at >= start && at < end);
}

/** The mark stands in quotes or brackets of its own: the text speaks of it. */
function isQuoted(text: string, { start, end }: Part): boolean {
  return /["'“‘«(]/.test(text[start - 1] ?? "") && /["'”’»),]/.test(text[end] ?? "");
}

/** The mark begins a line, is attached to what stands before it, or has nothing but a number before it. */
export function beginsBlock(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return !/\p{L}/u.test(line)
    ? !/(?:[`"'“‘«(|*•·–—-]|\d[.)])[ \t]*$/.test(line)
    : /[\p{L}\p{N}.!?]$/u.test(line);
}

/** What a text says of a mark that it begins with: "<think> is ...". */
const SAID_OF_MARK =
  /^[ \t]+(?:is|are|was|were|and|or|tags?|marks?|markers?|tokens?|blocks?|elements?|means|stands|opens|starts|begins|closes|ends|should|can|must|may|denotes|indicates|wraps|encloses|surrounds)\b/;

/** An opening mark that the text speaks of. */
export function isMentionedOpening(text: string, mark: Part): boolean {
  return isQuoted(text, mark) || SAID_OF_MARK.test(text.slice(mark.end));
}

function startsText(text: string, at: number): boolean {
  return text.slice(0, at).trim() === "";
}

/**
 * A closing mark that the text speaks of: in quotes, or in the middle of a sentence, with white space before it (or its
 * opening mark in the same line), and a sentence that goes on behind it, or ends with it.
 */
export function isMentionedClosing(text: string, mark: Part): boolean {
  if (isQuoted(text, mark)) return true;
  if (startsText(text, mark.start) && SAID_OF_MARK.test(text.slice(mark.end))) return true;
  const line = text.slice(text.lastIndexOf("\n", mark.start - 1) + 1, mark.start);
  const isInside = /\S[ \t]+$/.test(line) || /\S[ \t]+\S*[<[◁][^/]*$/.test(line);
  return isInside && /^(?:[ \t]*[a-z,;:.!?)|–—-]|\s*$)/.test(text.slice(mark.end));
}
