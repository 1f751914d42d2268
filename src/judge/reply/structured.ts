import type { AskedScale } from "../../core/rating-scale.ts";
import type { Span } from "./plain-text.ts";
import { EVERY_LABEL, NOT_THE_SCORE } from "./vocabulary.ts";

/** A value of a reply that has the form of data, and what it is called. */
interface Field extends Span {
  /** Names of the objects that it lies in, and its own, lower case. */
  readonly path: readonly string[];
  readonly value: string;
  readonly isText: boolean;
}

/** What data in a reply says: parts that hold the score, or that it is measured by another scale. */
export interface Structure {
  /** Parts of the text that hold nothing but the score. */
  readonly scores: readonly Span[];
  /** Parts that have been read, whatever they hold. */
  readonly read: readonly Span[];
  readonly isOtherScale: boolean;
}

/** Reads objects (JSON, and what is written like it), tags, boxes and double brackets. */
export function structureOf(text: string, asked: AskedScale): Structure {
  const boxes = inBoxes(text);
  if (boxes.length > 0) return { scores: boxes, read: boxes, isOtherScale: false };
  const objects = objectsIn(text);
  const fields = objects.flatMap((object) => object.fields);
  const read = objects.map(({ start, end }) => ({ start, end }));
  const isOtherScale = fields.some(
    ({ path, value }) =>
      TOPS.has(path.at(-1) ?? "") && /\d/.test(value) && Number(/\d+\s*$/.exec(value)?.[0]) !== asked,
  );
  const scores = [...scoresAmong(fields), ...inTags(text)];
  return { scores, read, isOtherScale };
}

const BOXES = [
  /\\?\b(?:boxed|fbox)\s*\{([^{}]*)\}/dg,
  /\[\[([^[\]]*)\]\]/dg,
  /\[(?:RESULT|SCORE|RATING|ANSWER)\]:?\s*([^[\]\n]+)/dgi,
  /<{2,3}\s*([^<>]*?)\s*>{2,3}/dg,
];

function inBoxes(text: string): Span[] {
  return BOXES.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => groupSpan(match)));
}

const LABEL_WORDS = new Set(EVERY_LABEL);
const TAG = /<(\p{L}[\p{L} _-]{0,40}?)(?:\s[^<>]*)?(?<!\/)>([^<>]*)(?:<\/\1\s*>|$)/dgu;
const ATTRIBUTE = /<([\p{L}_-]+)\s[^<>]*?\b(?:value|score|rating)\s*=\s*["']?([^"'<>/\s]+)/dgu;

function inTags(text: string): Span[] {
  return [TAG, ATTRIBUTE].flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter(([, name]) => isScoreName(name as string))
      .map((match) => groupSpan(match, 2)),
  );
}

function groupSpan(match: RegExpMatchArray, group = 1): Span {
  const [start, end] = match.indices![group] as [number, number];
  return { start, end };
}

/** Names under which the top of a scale stands. */
const TOPS = new Set([
  "max",
  "maximum",
  "out of",
  "outof",
  "max score",
  "maxscore",
  "best rating",
  "bestrating",
  "top",
  "scale max",
  "scale",
  "range",
]);
/** Names that tell of another number than the score, as the only one of its object as well. */
const OTHER_NAMES =
  /\b(?:code|id|ids|index|count|counts|words?|tokens?|time|seconds|ms|year|age|page|line|lines|version|error|status|length|size|step|confidence|probability|temperature|scale|max|min|maximum|minimum|out of|range|date|number of)\b/;
/** Names of what may be a text about the score as well as the score. */
const WEAK_NAMES =
  /^(?:notes?|response|reply|output|answer|result|verdict|conclusion|judge?ment|evaluation|assessment|value)$/;
const FINAL_NAMES = /\b(?:final|overall|total)\b/;

/** The score's fields: named as the final score, else named as a score, else the only number there is. */
function scoresAmong(fields: readonly Field[]): Span[] {
  const candidates = fields.filter(({ path }) => path.length === 0 || !isOther(path));
  const named = candidates.filter(
    ({ path, isText }) => isScoreName(path.at(-1) ?? "") || (!isText && path.some(isScoreName)),
  );
  const strong = named.filter(({ path, isText }) => !isText || !WEAK_NAMES.test(path.at(-1) as string));
  const final = named.filter(({ path }) => path.some((name) => FINAL_NAMES.test(name)));
  if (final.length > 0) return final;
  if (strong.length > 0) return strong;
  if (named.length > 0) return named;
  const numbers = candidates.filter(({ value }) => /^\s*[\d.,]+(?:\s*\/\s*\d+)?\s*$/.test(value));
  return numbers.length === 1 ? numbers : [];
}

function isOther(path: readonly string[]): boolean {
  const own = path.at(-1) as string;
  if (TOPS.has(own) || EXPLAINS.test(own)) return true;
  return OTHER_NAMES.test(own) || NOT_THE_SCORE.some((other) => own.split(" ").includes(other));
}

function isScoreName(name: string): boolean {
  const words = normalName(name).split(" ");
  return LABEL_WORDS.has(words.join(" ")) || words.some((word) => LABEL_WORDS.has(word))
    ? !EXPLAINS.test(words.join(" "))
    : false;
}

const EXPLAINS = /\b(?:reason|reasoning|explanation|rationale|comment|analysis|justification|why)\b/;

/** `finalScore`, `final_score`, `Final Score`: all the same. */
function normalName(name: string): string {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replace(/[_-]/g, " ")
    .trim()
    .toLowerCase();
}

const PIECE =
  /\s*(?:"((?:[^"\\]|\\.)*)(?:"|$)|'((?:[^'\\]|\\.)*)'(?=\s*[,:}\]])|(-?[\d.]+(?:\s*\/\s*\d+)?)|([{}[\],:=])|([\p{L}_][\p{L}\d_ -]*))/duy;

/**
 * The objects in a text, read leniently: names without quotes, Python's quotes, a comma too many, an end that is
 * missing. Strings are values, so that what a reason says is not taken for a field.
 */
function objectsIn(text: string): (Span & { fields: Field[] })[] {
  const objects: (Span & { fields: Field[] })[] = [];
  for (let at = nextObject(text, 0); at >= 0; at = nextObject(text, objects.at(-1)?.end ?? at)) {
    const object = readObject(text, at);
    if (object === null) {
      const next = nextObject(text, at + 1);
      if (next < 0) break;
      const other = readObject(text, next);
      if (other === null) break;
      objects.push(other);
      continue;
    }
    objects.push(object);
  }
  return objects;
}

function nextObject(text: string, from: number): number {
  const at = text.slice(from).search(/[{[]\s*(?:["'{[]|[\p{L}_]+["']?\s*[:=])/u);
  return at < 0 ? -1 : from + at;
}

function readObject(text: string, start: number): (Span & { fields: Field[] }) | null {
  const fields: Field[] = [];
  const path: string[] = [];
  const closers: string[] = [];
  let name: string | undefined;
  let named = false;
  let end = start;
  PIECE.lastIndex = start;
  for (let match = PIECE.exec(text); match !== null; match = PIECE.exec(text)) {
    end = PIECE.lastIndex;
    const [, double, single, number, mark, bare] = match;
    const value = double ?? single ?? number ?? bare;
    if (mark === "{" || mark === "[") {
      closers.push(mark);
      path.push(name ?? "");
      name = undefined;
    } else if (mark === "}" || mark === "]") {
      closers.pop();
      path.pop();
      name = undefined;
      if (closers.length === 0) break;
    } else if (mark === ",") {
      if (closers.at(-1) === "{") name = undefined;
    } else if (value !== undefined) {
      const isName = closers.at(-1) === "{" && name === undefined && /^\s*[:=]/.test(text.slice(end));
      if (isName) {
        name = normalName(value);
        named = true;
      } else if (bare === undefined || name !== undefined) {
        const group = [double, single, number, mark, bare].findIndex((one) => one !== undefined) + 1;
        const names = [...path, name ?? ""].filter((one) => one !== "");
        fields.push({ ...groupSpan(match, group), path: names, value, isText: number === undefined });
      }
    }
  }
  return named ? { start, end, fields } : null;
}
