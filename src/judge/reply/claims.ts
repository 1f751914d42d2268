// biome-ignore format: names
import {
  GIVES, IN_UNITS, LABELLED, LINE_ALONE, LINE_BEGIN, OF_TOP, ON_SCALE, SENTENCE, SUBJECT, TOPS_FIRST, VERB_LAST,
} from "./claim-patterns.ts";
// biome-ignore format: names
import {
  clauseBefore, countsSomething, endsWell, isDemanded, isDeniedAfter, isFinal, isHypothetical, isNegated, isOtherNumber, isOtherRater,
} from "./context.ts";
import type { Span } from "./plain-text.ts";

/** A number that the reply gives as its score. */
export interface Claim extends Span {
  readonly value: number;
  /** Said to be the one that counts, whatever else the reply says. */
  readonly isFinal: boolean;
}

/** One match of a form: where it begins, its number, and what stands between the two. */
interface Found extends Span {
  readonly match: RegExpExecArray;
  readonly from: number;
}

/**
 * Every number that the reply gives as its score, in no order, some of them more than once.
 * @param text a masked reply, see `maskOf`
 */
export function claimsIn(text: string): Claim[] {
  const found = [...labelled(text), ...given(text), ...stated(text), ...counted(text), ...lineClaims(text)];
  if (found.length > 0) return found;
  return numberedLine(text);
}

/** Behind a name of the score. */
function labelled(text: string): Claim[] {
  return findings(text, LABELLED).flatMap((found) => {
    const { match, from, start } = found;
    const label = match.groups!.label ?? match.groups!.unspaced!;
    const before = text.slice(Math.max(0, from - 40), from);
    const between = text.slice(from + label.length, start);
    const marked = /[:=→]/.test(between);
    const final = isFinal(before + label);
    if (/(?:\d|\bnumber of) *$/i.test(before) || countsSomething((label + between).trim())) return [];
    if (!final && isOtherNumber(clauseBefore(text, from))) return [];
    if (marked ? isNegated(text, from, start) : !isMeant(text, found, from)) return [];
    const isEnded = endsWell(text, match) || (marked && startsSentence(text, match));
    return isEnded ? [claimOf(text, found, final)] : [];
  });
}

/** By a verb of giving: "I rate it 7". */
function given(text: string): Claim[] {
  return findings(text, GIVES).flatMap((found) => {
    const { match, from, start } = found;
    const before = clauseBefore(text, from);
    const between = text
      .slice(from, start)
      .replace(/\b(?:score|rating|mark|grade)s?(?:\s+(?:of|is))?\s*$/i, "");
    const isOther = isOtherNumber(before) || isOtherNumber(between) || isOtherRater(before);
    if (isOther || isDemand(before, match[0]) || !isMeant(text, found, from)) return [];
    return endsWell(text, match) ? [claimOf(text, found)] : [];
  });
}

/** "Give it a 10" says what to do. */
function isDemand(before: string, form: string): boolean {
  return (
    /^\s*$/.test(before) &&
    /^(?:give|rate|assign|award|grant|put|place|grade|evaluate|assess|judge|rank|answer)\b/i.test(form)
  );
}

/** Said by the judge, of this text, as it is: not denied, wished for, supposed. @param from where the clause counts */
function isMeant(text: string, { start, end }: Span, from: number): boolean {
  return !isNegated(text, from, start) && !isDemanded(text, from, start) && !isHypothetical(text, from, end);
}

/** By the top of the scale, by a sentence of its own, or by what is said of the number. */
function stated(text: string): Claim[] {
  return [OF_TOP, ON_SCALE, SENTENCE, SUBJECT, VERB_LAST, ...TOPS_FIRST].flatMap((form) =>
    findings(text, form).flatMap((found) => {
      const { match, from, start } = found;
      const isWhole = form === SUBJECT || form === VERB_LAST || TOPS_FIRST.includes(form);
      if (!isWhole && !endsWell(text, match)) return [];
      const clause = form === SENTENCE ? start : from;
      return isMeant(text, found, clause) ? [claimOf(text, found)] : [];
    }),
  );
}

/** By a unit of scripts without spaces: "7分". */
function counted(text: string): Claim[] {
  return findings(text, IN_UNITS)
    .filter((found) => {
      const { match, from } = found;
      const isOther = isOtherNumber(clauseBefore(text, from)) || !isMeant(text, found, from);
      return !isOther && !isDeniedAfter(text, match) && endsWell(text, match);
    })
    .map((found) => claimOf(text, found));
}

/** The first and the last line with anything on it, where it is a number alone, or the first begins with one. */
function lineClaims(text: string): Claim[] {
  const lines = linesOf(text);
  const [first, last] = [lines[0], lines.at(-1)];
  const begins = first === undefined ? null : (LINE_ALONE.exec(first[0]) ?? LINE_BEGIN.exec(first[0]));
  const ends = last === undefined || last === first ? null : LINE_ALONE.exec(last[0]);
  return [
    ...(begins === null || isNumbered(begins) || isAsked(first![0])
      ? []
      : [claimOf(text, onLine(begins, first!.index))]),
    ...(ends === null ? [] : [claimOf(text, onLine(ends, last!.index))]),
  ];
}

/** "7. The text is kind": the score where nothing else is claimed, else the number of a list's item. */
function numberedLine(text: string): Claim[] {
  const first = linesOf(text)[0];
  const begins = first === undefined ? null : LINE_BEGIN.exec(first[0]);
  return begins === null || isAsked(first![0]) ? [] : [claimOf(text, onLine(begins, first!.index))];
}

function isAsked(line: string): boolean {
  return /\?\s*$/.test(line);
}

function isNumbered(match: RegExpExecArray): boolean {
  return match.groups!.tail === undefined && /[.)]\s$/.test(match[0]);
}

/** Lines that say something: neither a role's name nor a rule of a table. */
function linesOf(text: string): RegExpExecArray[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].filter(
    ([line]) => !/^\s*(?:assistant|model|judge|final)\s*:?\s*$/i.test(line) && !/^[\s|:-]+$/.test(line),
  );
}

function findings(text: string, form: RegExp): Found[] {
  return [...text.matchAll(form)].map((match) => onLine(match, 0));
}

function onLine(match: RegExpExecArray, lineStart: number): Found {
  const [start, end] = match.indices!.groups!.number!;
  return { match, from: lineStart + match.index, start: lineStart + start, end: lineStart + end };
}

function claimOf(text: string, { start, end }: Found, isFinal = false): Claim {
  return { start, end, value: Number(text.slice(start, end).replace(",", ".")), isFinal };
}

/** Behind ":" a new sentence may follow the number without a mark. */
function startsSentence(text: string, match: RegExpExecArray): boolean {
  return /^\s+\p{Lu}/u.test(text.slice(match.index + match[0].length));
}
