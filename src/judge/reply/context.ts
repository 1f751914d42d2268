import { SCALE_MARK } from "./mask.ts";
import { anyOf, FINAL, GOES_ON, NEGATIONS, NEGATIONS_UNSPACED, NOT_THE_SCORE, word } from "./vocabulary.ts";

/** What stands around a number and decides whether it is meant as the score. */

/** The number is approved of. */
export const FITS =
  "(?:is|are|was|would be|seems?|feels?|looks?|sounds?|appears?)\\s+(?:to be\\s+)?(?:about |just |the |an? |quite )?(?:right|fair|appropriate|fitting|reasonable|accurate|correct|justified|warranted|suitable|apt)(?![\\p{L}])";

const STOPS = new RegExp(
  `^[\\s"'*_]*(?:$|[\\n.!;:)\\]}|,…<>\\\\&#、=]|//|-\\s|->|→|\\(|[${SCALE_MARK}]|${word(GOES_ON)}|(?:on|at)?\\s*a\\s+scale|${FITS})`,
  "iu",
);
/** The same in scripts without spaces. */
const STOPS_UNSPACED =
  /^\s*(?:です|だ|で|を|と|が|の評価|つけ|とし|입니다|이에요|예요|을|를|으로|이라|정도로|주|드|吧|因为)/u;

/** After the number the sentence or clause ends, or goes on in a way that leaves it the score: it counts nothing else. */
export function endsWell(text: string, match: RegExpExecArray): boolean {
  const after = text.slice(match.index + match[0].length);
  return STOPS.test(after) || STOPS_UNSPACED.test(after);
}

const NEGATED = new RegExp(
  `(?<!not only )${word(NEGATIONS.filter((w) => w !== "n't"))}|n't(?!\\p{L})|${anyOf(NEGATIONS_UNSPACED)}`,
  "iu",
);

/** The clause says no before it comes to the number at `to`; its form begins at `from`. */
export function isNegated(text: string, from: number, to: number): boolean {
  return NEGATED.test(clauseBefore(text, from) + text.slice(from, to));
}

const DENIED = new RegExp(anyOf(NEGATIONS_UNSPACED), "u");

/** As `isNegated`, for languages whose verb stands last. */
export function isDeniedAfter(text: string, match: RegExpExecArray): boolean {
  const [rest] = /^[^.,\n;]*/.exec(text.slice(match.index + match[0].length)) as RegExpExecArray;
  return DENIED.test(rest);
}

const CLAUSE = /[.;:!?,\n]|\b(?:but|however|yet|instead|aber|sondern|mais|pero|sino|mas|ma|но|а)\b/giu;
const LONGEST_CLAUSE = 300;

/** The part of the clause that stands before a place. */
export function clauseBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - LONGEST_CLAUSE), at);
  return before.slice(Math.max(0, ...[...before.matchAll(CLAUSE)].map((m) => m.index + m[0].length)));
}

const HYPOTHETICAL = new RegExp(
  [
    "如果|假如|もし|만약|\\bif\\b(?!\\s+(?:i|you|we|forced|asked|pressed|anything|necessary|needed|required|pushed)\\b|\\s+\u0001)",
    "\\bif i (?:could|were|was)\\b|\\bunless\\b|\\bcould (?:be|have|get|earn|deserve)|\\bwould (?:have|need|require|take|mean)",
    "\\bto (?:get|earn|reach|deserve|receive|merit|be)\\b(?! (?:honest|fair|precise|clear|exact|sure|specific))",
    "\\bwere (?:it|the)\\b|\\bhad (?:it|the text) |\\bsuppose\\b|\\bimagine\\b|\\bwish\\b|\\bwenn\\b|\\bsi\\s+(?:el|le|la|il)\\b|\\bесли\\b",
    // Examples and earlier scores.
    "\\bfor (?:example|instance)\\b|\\be\\.g\\.|\\bbeispiel\\b|\\b(?:last time|yesterday|previously)\\b",
  ].join("|"),
  "iu",
);

/** The sentence speaks of a score that is not given: under a condition, as an example, of another time. */
export function isHypothetical(text: string, from: number, to: number): boolean {
  const start = Math.max(...[".", "!", "?", "\n", ";"].map((mark) => text.lastIndexOf(mark, from - 1))) + 1;
  const rest = /[.!?\n;]/.exec(text.slice(to));
  return HYPOTHETICAL.test(text.slice(start, rest === null ? text.length : to + rest.index));
}

const OTHER_NUMBER = new RegExp(
  `${word(NOT_THE_SCORE)}\\s*(?:\\p{L}+\\s+)?[-\\s]*$|(?:最高|最低|平均|满|滿|최고|최저|평균)[^\\d.,;\\n]{0,8}$`,
  "iu",
);

/** What stands before says that it is the highest, the average, the previous one. */
export function isOtherNumber(before: string): boolean {
  return OTHER_NUMBER.test(before);
}

const DEMANDED =
  /\b(?:ask(?:s|ed|ing)?|demand(?:s|ed|ing)?|tells?|telling|told|wants?|wanted|instructs?|begs?|begging|requests?|claims?|claiming|pretends?|says?\s+to|himself|herself|itself|themselves)\b/i;

/** The clause that a number stands in speaks of what somebody wants, not of what is given. */
export function isDemanded(text: string, from: number, to: number): boolean {
  return DEMANDED.test(clauseBefore(text, from) + text.slice(from, to));
}

/** What stands before a verb says that somebody else rates. */
export function isOtherRater(before: string): boolean {
  return OTHER_RATER.test(before) || /\btexts\s*$/i.test(before) || /^\s*to\s*$/i.test(before);
}

const OTHER_RATER =
  /\b(?:he|she|they|you|people|who|judges?|others?|readers?|users?|critics?|reviewers?|authors?|writers?|team|some|many|one|everyone|someone)(?:\s+(?:would|might|could|may|will|can))?\s*$/i;

/** A label, and what stands between it and its number, say that it counts something, or is the end of the scale. */
export function countsSomething(labelled: string): boolean {
  return /\s(?:of\s+(?:points|words)|count|words?|level|limit|range|length|id|index|tokens?|time|cost|price|errors?|attempts?|votes?|views?)\b|\b(?:number|value)\s+of\b|^number$|\b(?:maxim|máxim|massim|minim|mínim|максимальн)/iu.test(
    labelled,
  );
}

const IS_FINAL = new RegExp(`(?:${word(FINAL)}|总体?|最终|最終|総合|최종|종합)[^.!?\\n\\d]{0,25}$`, "iu");

/** A label and what stands before it say that this score is the one that counts. */
export function isFinal(label: string): boolean {
  return IS_FINAL.test(label);
}
