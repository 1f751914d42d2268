import type { Parts } from "./harmony.ts";
import { ANSWER_TAG, ANSWER_TOKENS, BLOCKS, type BlockMarks, MARK_BEGINNINGS, TURN_END } from "./marks.ts";
import {
  beginsBlock,
  codeIn,
  isMentionedClosing,
  isMentionedOpening,
  isWithin,
  type Part,
} from "./mentions.ts";

/** A mark in a text and the kind of block that it belongs to. */
interface Mark extends Part {
  readonly block: BlockMarks;
}

/**
 * Parts of a text with blocks of reasoning between marks; null when it has none. The first block may have been opened
 * by the chat template, the last one never closed; a later one begins a line, or is attached to what stands before. Marks that the text speaks of, in code
 * or in the middle of a sentence, are text.
 * @param hasApart reasoning came in a field of its own
 */
export function blockParts(content: string, hasApart: boolean): Parts | null {
  const code = codeIn(content);
  const thoughts: Part[] = [];
  const visible: Part[] = [];
  let at = 0;
  const first = firstBlock(content, code, hasApart);
  if (first !== null) {
    thoughts.push(first.thought);
    at = first.end;
  }
  for (let next = openingAfter(content, at, code); next !== null; next = openingAfter(content, at, code)) {
    const end = endOfBlock(content, next, code);
    visible.push({ start: at, end: next.start });
    thoughts.push({ start: next.end, end: end?.start ?? content.length });
    at = end?.end ?? content.length;
  }
  visible.push({ start: at, end: content.length });
  const cleaned = withoutAnswerMarks(content, visible, code, thoughts.length > 0 || hasApart);
  const isWhole =
    thoughts.length === 0 && cleaned.length === 1 && cleaned[0]!.end - cleaned[0]!.start === content.length;
  return isWhole ? null : { visible: cleaned, thoughts };
}

/** The block that the text begins with, whoever opened it. */
function firstBlock(
  content: string,
  code: readonly Part[],
  hasApart: boolean,
): { readonly thought: Part; readonly end: number } | null {
  const start = content.length - content.trimStart().length;
  const opening = openingAt(content, start);
  if (opening !== null) {
    if (isMentionedOpening(content, opening) || isHeading(content, opening)) return null;
    const end = endOfBlock(content, opening, code);
    return {
      thought: { start: opening.end, end: end?.start ?? content.length },
      end: end?.end ?? content.length,
    };
  }
  const half = halfMark(content.slice(start));
  if (half > 0) return { thought: { start, end: start }, end: start + half };
  return preopened(content, code, hasApart);
}

/** `[THINK] before you post`: a bracketed word before a text is a block only if it is closed. */
function isHeading(content: string, { block, start, end }: Mark): boolean {
  return (
    content[start] === "[" &&
    /^(?:[ \t]+\S|[:;,.])/.test(content.slice(end)) &&
    closings(content, end, [block]).length === 0
  );
}

/** A block that the chat template opened: only its end is in the answer. */
function preopened(
  content: string,
  code: readonly Part[],
  hasApart: boolean,
): { readonly thought: Part; readonly end: number } | null {
  const opened = openingAfter(content, 0, code)?.start ?? content.length;
  const ends = closings(content, 0, ALONE).filter(
    (mark) =>
      mark.start < opened &&
      !isWithin(code, mark.start) &&
      !isMentionedClosing(content, mark) &&
      !closesExample(content, mark),
  );
  const end = lastWithRest(content, ends);
  if (end === undefined) return null;
  // The server took the reasoning out and left a mark behind the answer.
  const isStray = hasApart && isBlank(content.slice(end.end)) && !isBlank(content.slice(0, end.start));
  if (isStray) return null;
  return { thought: { start: 0, end: end.start }, end: end.end };
}

const ALONE = BLOCKS.filter((block) => block.isPairOnly !== true);

/** The text opened the block itself: announced as an example, or within a sentence that goes on behind it. */
function closesExample(content: string, { block, start, end }: Mark): boolean {
  const before = content.slice(0, start);
  const opening = [...before.matchAll(new RegExp(block.open, "gi"))].map((m) => markOf(m, block)).at(-1);
  if (opening === undefined) return false;
  const isInside = !beginsBlock(content, opening.start) && /^[ \t]+\p{Ll}/u.test(content.slice(end));
  return isInside || isAnnounced(content, opening);
}

/** The first opening mark from `at` on that begins a line and is none that the text speaks of. */
function openingAfter(content: string, at: number, code: readonly Part[]): Mark | null {
  const found = BLOCKS.flatMap((block) =>
    [...content.matchAll(new RegExp(block.open, "gi"))].map((m) => markOf(m, block)),
  )
    .filter((mark) => mark.start >= at && beginsBlock(content, mark.start) && !isWithin(code, mark.start))
    .filter(
      (mark) =>
        !isMentionedOpening(content, mark) && !isHeading(content, mark) && !isAnnounced(content, mark),
    );
  return found.sort((a, b) => a.start - b.start)[0] ?? null;
}

/** The line before ends with a colon: an example of the mark follows. */
function isAnnounced(content: string, { start }: Mark): boolean {
  return /:\s*$/.test(content.slice(0, start));
}

function openingAt(content: string, start: number): Mark | null {
  for (const block of BLOCKS) {
    const open = new RegExp(block.open, "iy");
    open.lastIndex = start;
    const match = open.exec(content);
    if (match !== null) return markOf(match, block);
  }
  return null;
}

/**
 * Where an opened block ends. Reasoning may speak of its own mark, so the last closing mark counts before another
 * block begins; one that is only spoken of, or stands in code, counts where there is no other.
 */
function endOfBlock(content: string, opening: Mark, code: readonly Part[]): Mark | undefined {
  const own = closings(content, opening.end, [opening.block]);
  const all = own.length > 0 ? own : closings(content, opening.end, BLOCKS);
  const clear = all.filter((mark) => !isWithin(code, mark.start) && !isMentionedClosing(content, mark));
  const ends = clear.length > 0 ? clear : all;
  const next = ends[0] === undefined ? null : openingAfter(content, ends[0].end, code);
  return lastWithRest(content, next === null ? ends : ends.filter((mark) => mark.start < next.start));
}

/** The last mark with an answer behind it, or else the last. */
function lastWithRest(content: string, marks: readonly Mark[]): Mark | undefined {
  return marks.findLast((mark) => !isBlank(content.slice(mark.end))) ?? marks.at(-1);
}

function closings(content: string, from: number, blocks: readonly BlockMarks[]): Mark[] {
  return blocks
    .flatMap((block) => [...content.matchAll(new RegExp(block.close, "gi"))].map((m) => markOf(m, block)))
    .filter((mark) => mark.start >= from)
    .sort((a, b) => a.start - b.start);
}

function markOf(match: RegExpMatchArray, block: BlockMarks): Mark {
  const start = match.index as number;
  return { start, end: start + match[0].length, block };
}

/** The length of a part of a mark that a text consists of, or begins with after its first characters were lost. */
function halfMark(text: string): number {
  const whole = text.trim();
  if (whole.length >= 3 && MARK_BEGINNINGS.some((mark) => mark.startsWith(whole))) return text.length;
  return /^\/?\s*(?:think|thinking|thought|reasoning)>\s*(?=\S)(?![\s\S]*<\/)/i.exec(text)?.[0].length ?? 0;
}

/** Marks around the answer fall away, and behind reasoning also a tag around the whole of it and the end of the turn. */
function withoutAnswerMarks(
  content: string,
  visible: readonly Part[],
  code: readonly Part[],
  hasThoughts: boolean,
): Part[] {
  const cut = visible.flatMap((part) => {
    const marks = [...content.slice(part.start, part.end).matchAll(ANSWER_TOKENS)]
      .map((m) => ({ start: part.start + m.index, end: part.start + m.index + m[0].length }))
      .filter((mark) => !isWithin(code, mark.start));
    const ends = [...marks.map((mark) => mark.start), part.end];
    const starts = [part.start, ...marks.map((mark) => mark.end)];
    return starts.map((start, i) => ({ start, end: ends[i] as number }));
  });
  const last = cut.at(-1);
  if (last === undefined) return cut;
  const text = content.slice(last.start, last.end);
  if (!hasThoughts) return [...cut.slice(0, -1), { start: last.start, end: last.end - halfEnd(text) }];
  const length = text.length - (TURN_END.exec(text)?.[0].length ?? 0);
  const stray = STRAY_END.exec(text.slice(0, length))?.[0].length ?? halfEnd(text.slice(0, length));
  const ended = { start: last.start, end: last.start + length - stray };
  if (cut.length > 1) return [...cut.slice(0, -1), ended];
  const inner = ANSWER_TAG.exec(content.slice(ended.start, ended.end))?.indices?.[2];
  return inner === undefined ? [ended] : [{ start: ended.start + inner[0], end: ended.start + inner[1] }];
}

const STRAY_END = new RegExp(`\\n\\s*(?:${ALONE.map((block) => block.close).join("|")})\\s*$`, "i");

/** The length of a mark that was cut at the end of the text, in a line of its own. */
function halfEnd(text: string): number {
  const line = /\n[ \t]*([<[◁][^\n]*)$/.exec(text)?.[1];
  return line !== undefined &&
    line.length >= 4 &&
    MARK_BEGINNINGS.some((mark) => mark !== line && mark.startsWith(line))
    ? line.length
    : 0;
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
