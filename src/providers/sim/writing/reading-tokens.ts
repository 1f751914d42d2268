import { ADJECTIVES, PARTICIPLES } from "./reading-words.ts";

/** Of one thing: a plural never follows, so a word in -s after its noun is a verb. */
export const SINGULAR = new Set("a an each every another this one".split(" "));
/** What follows these is asked for or denied, so that it cannot be named ("which box", "no collar"). */
export const UNNAMED = new Set("what which whose no".split(" "));
export const DETERMINERS = new Set([
  ...SINGULAR,
  ...UNNAMED,
  ..."the my our your these those its his her their any".split(" "),
]);
/** Between an article and its noun ("the most efficient way"). */
export const DEGREES = new Set("most more least less very quite rather".split(" "));
export const PREPOSITIONS = new Set(
  "of about for in on at with from by between into during without".split(" "),
);
export const PLURAL = /^(?:.*[^sui'’]s|people|children|men|women)$/;
/** "a six-week plan", "a fifteen-year-old machine". */
const MEASURE =
  /^(?:.*-(?:second|minute|hour|day|week|month|year|night|page|part|room|tone|long|power|old|aged|made|free|based))$/;
/** "understandable", unlike the things that end so. */
const ABLE = /^(?!vegetable|timetable|syllable|variable|constable|crucible).{3,}[ai]ble$/;
const NUMBERS = new Set(
  "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand".split(
    " ",
  ),
);

/** A word of a sentence. */
export interface Token {
  /** As written, without the punctuation around it. */
  readonly word: string;
  readonly lower: string;
  /** Punctuation or the end follows. */
  readonly stops: boolean;
}

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const raw of text.split(/[\s—–]+/)) {
    // Most words have nothing around them, and need no look at Unicode.
    const bare = isLatin(raw.charCodeAt(0)) && isLatin(raw.charCodeAt(raw.length - 1));
    const word = bare ? raw : raw.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}+#%]+$/gu, "");
    if (word === "" || /[<>{}[\]|]/.test(word)) continue;
    tokens.push({ word, lower: word.toLowerCase().replace("’", "'"), stops: !bare && !raw.endsWith(word) });
  }
  return tokens;
}

/** A letter from a to z, in either case. */
function isLatin(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Whether a word stands before a noun and names nothing by itself. */
export function isAdjective(word: string): boolean {
  if (ADJECTIVES.has(word) || PARTICIPLES.has(word)) return true;
  return word.includes("-") ? MEASURE.test(word) : word.endsWith("ble") && ABLE.test(word);
}

/** "12", "twelve", "twenty-two"; not "ten-year-old". */
export function isNumber(word: string): boolean {
  if (word.charCodeAt(0) <= 57) return /^\d+$/.test(word);
  const hyphen = word.indexOf("-");
  return (
    NUMBERS.has(hyphen < 0 ? word : word.slice(0, hyphen)) && (hyphen < 0 || !word.includes("old", hyphen))
  );
}
