import type { TokenLogprob } from "../core/ports/language-model.ts";
import { type AskedScale, fromAsked, type ScoreMapping } from "../core/rating-scale.ts";
import { findScore } from "./parse.ts";
import { numeralOf } from "./reply/numeral.ts";
import type { Span } from "./reply/plain-text.ts";

/** What is known of a reply besides its tokens. */
export interface ReplyFacts {
  /** The visible text, which the tokens spell; what they join to unless given. */
  readonly text?: string;
  /** The reply ended at the limit on tokens: it is scored when it is the number alone. */
  readonly isCut?: boolean;
  /** How numbers become scores; unless given, linearly. */
  readonly mapping?: ScoreMapping | undefined;
}

/** A reply's score by the probabilities of its tokens. */
export interface Weighed {
  /** As `fromAsked` gives it, normalised over the scores that the tokens show. */
  readonly score: number;
  /** The probability of those scores together: what else the model would have written has the rest. */
  readonly mass: number;
  /** The score as it is written. */
  readonly written: number;
}

/** What may follow the written beginning of a number, and how likely; "" where the number ends. */
type Endings = Map<string, number>;

/**
 * The probability-weighted score: sum over whole scores of score times probability, normalised over the scores that
 * the alternatives show, from the log-probabilities of the answer's number (G-Eval, Liu et al. 2023, section 2).
 *
 * Which number that is, the text decides, as for a written score (`findScore`); the tokens that spell it are weighed.
 * A number may be one token ("10") or several ("1", "0"): the alternatives of each token are multiplied out along the
 * path that was generated. Off that path nobody knows how a number goes on. Where the model writes single digits, a "1"
 * beside the written number is left out on 1-10, and on 1-100 a digit is taken for the nearest number that it begins.
 * @returns `null` when the text gives no score, or its tokens tell no probability
 */
export function weighed(
  tokens: readonly TokenLogprob[],
  asked: AskedScale,
  facts: ReplyFacts = {},
): Weighed | null {
  const steps = stepsOfScore(tokens, asked, facts);
  if (steps === null) return null;
  const written = fromAsked(writtenValue(steps), asked, facts.mapping);
  const endings = endingsFrom(steps, 0, "", asked);
  if (endings === null) return null;
  let sum = 0;
  let total = 0;
  for (const [number, p] of endings) {
    const value = numeralOf(number);
    const score = value === null ? null : fromAsked(value, asked, facts.mapping);
    if (score === null) continue;
    sum += p * score;
    total += p;
  }
  return total > 0 && written !== null ? { score: sum / total, mass: total, written } : null;
}

/** The score alone of `weighed`. */
export function weightedScore(
  tokens: readonly TokenLogprob[],
  asked: AskedScale,
  facts: ReplyFacts = {},
): number | null {
  return weighed(tokens, asked, facts)?.score ?? null;
}

/**
 * The reply was cut behind a digit after which the scale goes on, and the alternatives show single digits alone: the
 * number may be longer than what is written ("1" of "10").
 */
export function isCutShort(
  tokens: readonly TokenLogprob[],
  asked: AskedScale,
  { text, isCut }: ReplyFacts,
): boolean {
  const last = tokens.at(-1);
  if (isCut !== true || last === undefined) return false;
  const found = findScore(text ?? spelled(tokens), asked);
  return found !== null && goesOn(found.value, asked) && hasDigitsAlone(last, asked);
}

/** A token of the score: what it writes of the number, and what stands before that in the same token. */
interface Step {
  readonly token: TokenLogprob;
  readonly lead: string;
  readonly own: string;
  /** Behind the number: its alternatives tell whether the number could have gone on. */
  readonly isAfter: boolean;
}

/** The tokens that spell the score, and the one behind it, where there is one. */
function stepsOfScore(
  tokens: readonly TokenLogprob[],
  asked: AskedScale,
  { text, isCut }: ReplyFacts,
): Step[] | null {
  const whole = spelled(tokens);
  const visible = text ?? whole;
  const offset = whole.lastIndexOf(visible);
  if (offset < 0) return null;
  const found = findScore(visible, asked);
  if (found === null || fromAsked(found.value, asked) === null) return null;
  if (isCut === true && !isAlone(visible, found)) return null;
  const [start, end] = [offset + found.start, offset + found.end];
  const steps: Step[] = [];
  let at = 0;
  for (const token of tokens) {
    const [from, to] = [at, at + token.token.length];
    at = to;
    // What ends an answer spells nothing; its alternatives tell whether the number could have gone on.
    const isEnd = from === to && from === whole.length && from === end;
    if (to <= start || (from === to && !isEnd)) continue;
    const isAfter = from >= end;
    const own = whole.slice(Math.max(from, start), Math.min(to, end));
    steps.push({ token, lead: whole.slice(from, Math.max(from, start)), own: isAfter ? "" : own, isAfter });
    if (isAfter || to > end) break;
  }
  return steps;
}

function writtenValue(steps: readonly Step[]): number {
  return numeralOf(steps.map(({ own }) => own).join("")) as number;
}

function spelled(tokens: readonly TokenLogprob[]): string {
  return tokens.map(({ token }) => token).join("");
}

function isAlone(text: string, { start, end }: Span): boolean {
  return !/[\p{L}\p{N}]/u.test(text.slice(0, start) + text.slice(end));
}

/**
 * How the number can be written from step `i` on, given what is written before it.
 * @returns null when the probability of what was generated is not known
 */
function endingsFrom(steps: readonly Step[], i: number, written: string, asked: AskedScale): Endings | null {
  const step = steps[i];
  if (step === undefined) return new Map([["", 1]]);
  const { token, lead, own, isAfter } = step;
  // Once no further digit fits on the scale, what follows the number says nothing about it.
  if (isAfter && !canGoOn(written, asked)) return new Map([["", 1]]);
  const chosen = shareOf(token.logprob) ?? shareOf(token.top.find((t) => t.token === token.token)?.logprob);
  if (chosen === null) return isAfter ? new Map([["", 1]]) : null;
  const rest = isAfter ? new Map([["", 1]]) : endingsFrom(steps, i + 1, written + own, asked);
  if (rest === null) return null;
  const endings: Endings = new Map();
  const add = (ending: string, p: number): void => void endings.set(ending, (endings.get(ending) ?? 0) + p);
  for (const [ending, p] of rest) add(own + ending, chosen * p);
  const digitsAlone = hasDigitsAlone(token, asked);
  const inDigits = /\p{N}/u.test(written + own);
  for (const [other, share] of alternatives(token)) {
    const piece = pieceOf(other, lead, i === 0, inDigits);
    const value = piece === null ? null : numeralOf(written + piece);
    if (piece === null || value === null) {
      if (written !== "") add("", share);
    } else if (i === 0 && digitsAlone && goesOn(value, asked)) {
      // On 1-10 only "1" goes on, and what follows it is known on the path alone.
      if (asked === 10) continue;
      for (const [ending, p] of likelyEndings(value, writtenValue(steps), rest))
        add(piece + ending, share * p);
    } else {
      add(piece, share);
    }
  }
  return endings;
}

/** The alternatives of what was generated, as probabilities. */
function alternatives({ token, top }: TokenLogprob): [string, number][] {
  const shares = new Map<string, number>();
  for (const other of top) {
    const share = shareOf(other.logprob);
    if (other.token !== token && share !== null && !shares.has(other.token)) shares.set(other.token, share);
  }
  return [...shares];
}

/** A probability; null for what is none: null, not a number, above 1. */
function shareOf(logprob: unknown): number | null {
  return typeof logprob === "number" && Number.isFinite(logprob) && logprob < 1e-3
    ? Math.min(1, Math.exp(logprob))
    : null;
}

/** What an alternative writes of the number; null when it writes none of it: beside digits, words are none. */
function pieceOf(token: string, lead: string, isFirst: boolean, inDigits: boolean): string | null {
  if (inDigits && !/\p{N}/u.test(token)) return null;
  if (!isFirst) return /^\s/.test(token) ? null : token;
  const piece = token.startsWith(lead) ? token.slice(lead.length) : token.replace(/^[\s"'*(:[]+/, "");
  return piece === "" ? null : piece;
}

/**
 * How a digit off the path of 1-100 goes on: it begins one number of each length, of which the one nearest to the
 * written number is taken; a second digit is distributed as the written one's, or in the middle of all.
 */
function likelyEndings(digit: number, written: number, rest: Endings): Endings {
  const seconds = [...rest].filter(([ending]) => /^\d$/.test(ending));
  const choices: readonly (readonly [value: number, endings: Endings])[] = [
    [digit, new Map([["", 1]])],
    [digit * 10 + 5, seconds.length > 0 ? normalised(seconds) : new Map([["5", 1]])],
    ...(digit === 1 ? ([[100, new Map([["00", 1]])]] as const) : []),
  ];
  return choices.reduce((a, b) => (Math.abs(b[0] - written) < Math.abs(a[0] - written) ? b : a))[1];
}

function normalised(endings: readonly (readonly [string, number])[]): Endings {
  const sum = endings.reduce((all, [, p]) => all + p, 0);
  return new Map(endings.map(([ending, p]) => [ending, p / sum]));
}

function canGoOn(written: string, asked: AskedScale): boolean {
  const value = numeralOf(written);
  return value !== null && goesOn(value, asked);
}

/** A further digit fits on the scale. */
function goesOn(value: number, asked: AskedScale): boolean {
  return Number.isInteger(value) && value > 0 && value * 10 <= asked;
}

/** Digits that must be seen as tokens, and no longer number, before digits are taken to be single tokens. */
const ENOUGH_DIGITS = 8;

/**
 * The model writes numbers digit by digit, as far as the alternatives show: no number of two digits is among them,
 * though on 1-100 some number is, and on 1-10 nearly every digit, or 0, which is no score by itself.
 */
function hasDigitsAlone({ token, top }: TokenLogprob, asked: AskedScale): boolean {
  const numbers = new Set(
    [token, ...top.map((t) => t.token)].map((t) => t.trim()).filter((t) => /^\d+$/.test(t)),
  );
  if ([...numbers].some((number) => number.length > 1)) return false;
  return asked === 100 ? numbers.size > 0 : numbers.size >= ENOUGH_DIGITS;
}
