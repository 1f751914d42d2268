import { type AskedScale, fromAsked, type ScoreMapping } from "../core/rating-scale.ts";
import { claimsIn } from "./reply/claims.ts";
import { maskOf, NO_SCORE } from "./reply/mask.ts";
import { withDigits } from "./reply/number-words.ts";
import { type PlainText, plainOf, type Span, spanIn } from "./reply/plain-text.ts";
import { structureOf } from "./reply/structured.ts";

/** The number that a reply gives as its score, and where it stands in the reply. */
export interface FoundScore extends Span {
  /** On the scale that was asked for, not checked against its ends. */
  readonly value: number;
}

/** A judge's answer as a score (`fromAsked`), or `null` when it gives no score, several, or one that is off the scale. */
export function parseScore(answer: string, asked: AskedScale, mapping?: ScoreMapping): number | null {
  const found = findScore(answer, asked);
  return found === null ? null : fromAsked(found.value, asked, mapping);
}

/** Characters of a reply that is read: several times what the usual limit on tokens lets a judge write. */
const LONGEST = 50_000;
const BARE = /^\s*(\d{1,3}(?:\.\d+)?)\s*$/d;

/**
 * The one number that a person would read as the score of the reply; docs/judge-replies.md says by which rules.
 * Numbers that are written as words count where none in digits is given.
 * @returns `null` when there is none, or when several different ones are given
 */
export function findScore(answer: string, asked: AskedScale): FoundScore | null {
  if (answer.length > LONGEST) return null;
  // The common case first: 1.1 million of these in a paper-scale run.
  const [start, end] = BARE.exec(answer)?.indices?.[1] ?? [0, 0];
  if (end > 0) return { start, end, value: Number(answer.slice(start, end)) };
  if (answer.length > LONGEST_KNOWN) return readThrough(answer, asked);
  const name = `${asked} ${answer}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = readThrough(answer, asked);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, found);
  return found;
}

/** Replies without a number alone: a judge's excuses are few, and reading one through takes a millisecond. */
const known = new Map<string, FoundScore | null>();
const MOST_KNOWN = 256;
const LONGEST_KNOWN = 200;

function readThrough(answer: string, asked: AskedScale): FoundScore | null {
  const plain = plainOf(answer);
  return scoreIn(plain, asked) ?? scoreIn(withDigits(plain), asked);
}

function scoreIn(plain: PlainText, asked: AskedScale): FoundScore | null {
  const { scores, read, isOtherScale } = structureOf(plain.text, asked);
  if (isOtherScale) return null;
  if (scores.length > 0) {
    const values = scores.map((part) => scoreOfPart(plain, part, asked));
    return values.every((found) => found !== null) ? oneOf(values) : null;
  }
  let text = plain.text;
  for (const { start, end } of read)
    text = text.slice(0, start) + NO_SCORE.repeat(end - start) + text.slice(end);
  const masked = maskOf(text, asked);
  if (masked === null) return null;
  const claims = claimsIn(masked);
  const final = claims.filter(({ isFinal }) => isFinal);
  const chosen = oneOf(final.length > 0 ? final : claims);
  return chosen === null ? null : { ...spanIn(plain, chosen.start, chosen.end), value: chosen.value };
}

/** The score of a part that holds nothing else: `7`, `"7/10"`, `Score: 7`. */
function scoreOfPart(plain: PlainText, { start, end }: Span, asked: AskedScale): FoundScore | null {
  return scoreIn({ text: plain.text.slice(start, end), origin: plain.origin.slice(start, end) }, asked);
}

function oneOf<T extends { readonly value: number }>(found: readonly T[]): T | null {
  const [first] = found;
  return first !== undefined && found.every(({ value }) => value === first.value) ? first : null;
}
