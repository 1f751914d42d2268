import { FITS } from "./context.ts";
import { NO_SCORE, NUMBER, SCALE_MARK, TOP } from "./mask.ts";
// biome-ignore format: names
import {
  ARTICLES, CLOSING_REMARKS, COPULAS, EXPLAINING, INDEFINITE, OPENING_REMARKS, QUALITIES, SO, VERBS_LAST,
} from "./phrases.ts";
// biome-ignore format: names
import {
  anyOf, GIVING, GIVING_UNSPACED, LABELS, LABELS_UNSPACED, POINTS, SAYING, TRAITS, word,
} from "./vocabulary.ts";

/**
 * The forms in which a reply gives a score, one pattern each. In all of them the group `number` is the score, and the
 * flag `d` tells its place.
 */

const FLAGS = "dgiu";
const form = (...parts: readonly string[]): RegExp => new RegExp(parts.join(""), FLAGS);
const either = (...parts: readonly string[]): string => `(?:${parts.join("|")})`;

const NUM = `(?<number>${NUMBER})`;
const END_OF_WORD = "(?![\\p{L}\\p{M}])";
/** What the number counts: points, or the like. */
const UNIT = either(`${either(anyOf(POINTS), "(?<=\\d\\s)stars")}${END_OF_WORD}`, "分|点|점|अंक|%|percent");
/** The top of the scale, behind a unit where there is one: "7 points out of 10". */
const OUT_OF_TOP = `(?:\\s*${either(anyOf(POINTS), "stars?")})?${TOP}`;
/** A number as it is given: with the top of the scale and a unit. */
const GIVEN = `${NUM}[)\\]]?(?:${OUT_OF_TOP})?(?:\\s*${UNIT})?`;

const QUALITY = `(?:${anyOf(QUALITIES)}\\s+){0,2}`;
const OPENING_MARKS = "[\\s(\\[{<|]*";
/** "a", "a solid", "the": between a form and its number. */
const ARTICLE = `\\s*(?:${anyOf(ARTICLES)}\\s+)?${QUALITY}${OPENING_MARKS}`;
const JOINING_MARK = ":|=>|=|→|->|-|\\|";

/** A name of the score, or of the property that is rated. */
const NAME = either(
  word([...LABELS, ...TRAITS]),
  "(?<!\\p{L})(?!business|witness|harness|wilderness|illness)\\p{L}+ness(?!\\p{L})",
);
/** Between a name and its number: up to 80 characters of the same clause, then a mark, a verb, the scale, or nothing. */
const NAMED = [
  `(?<label>${NAME})[^\\d\\n.;!?:=|${NO_SCORE}]{0,80}?\\s*(?:[)\\]]\\s*)?`,
  either(
    JOINING_MARK,
    `(?<=\\s)${anyOf(COPULAS)}(?=\\s)`,
    "(?<=\\k<label>(?:\\s|\\())",
    `(?<=${SCALE_MARK}\\s*[)\\]]?\\s*)`,
  ),
].join("");
/** The same in scripts without spaces between words. */
const NAMED_UNSPACED = `(?<unspaced>${anyOf(LABELS_UNSPACED)})[^\\d\\n.;!?${NO_SCORE}]{0,30}?(?::|=|→|-|は|が|是|为|為|는|은|가|이)?`;

/** "Score: 7", "My rating for this text would be a 7", "评分为7". */
export const LABELLED = form(either(NAMED, NAMED_UNSPACED), "(?:\\s*[:=>→|-]+)?", ARTICLE, GIVEN);

/** "I rate it 7", "It deserves a 7", "我给7", "It's a 7", "so a 7", "no 9 but a 7". */
export const GIVES = form(
  either(
    `${word(GIVING)}[^\\d\\n.;:!?${NO_SCORE}]{0,100}?(?<=[\\s,(\\[${SCALE_MARK}])`,
    `${word(SAYING)}[,:]?${ARTICLE}(?<=[\\s([])`,
    `${anyOf(GIVING_UNSPACED)}[^\\d\\n.;!?${NO_SCORE}]{0,20}?`,
    `\\b(?:is|'s|was|as|be)\\s+(?:an?|definitely|clearly|easily|eine)\\s+${QUALITY}`,
    "\\bist\\s+(?:das\\s+|es\\s+)?eine\\s+",
    `\\b${anyOf(SO)},?\\s+(?:it's\\s+)?(?:an?\\s+)?`,
    `(?<=\\b(?:but|rather|sondern|sino|mais)\\s+)${ARTICLE}`,
  ),
  "[,:\\s(\\[]*",
  GIVEN,
);

/** Behind the scale: "On a scale of 1 to 10, 7". */
export const ON_SCALE = form(
  `${SCALE_MARK}[\\s)\\]]*(?:(?:point\\s*)?scale\\s*)?`,
  either(`[:,=-]+[^\\d\\n.;!?${NO_SCORE}]{0,60}?(?<=[\\s:,=-])`, "(?:の尺度で|のうち|で|中|의|중)\\s*"),
  "[(\\[]*",
  GIVEN,
);

/** "7 out of 10". */
export const OF_TOP = form(NUM, "[)\\]]?", OUT_OF_TOP, `(?:\\s*${UNIT})?`);

/** The top first: "10点満点中7点", "10 üzerinden 7". */
export const TOPS_FIRST = [
  form("(?:10|100)\\s?(?:分|点|점)?\\s?(?:满分|満点|만점)?\\s?(?:中|の中で|的|에서|에|중)\\s?", NUM),
  form("(?:10|100)(?:\\s+üzerinden|\\s+में\\s+से|-?b[őo]l)\\s+", NUM),
];

/** "8 is my rating", "8 seems right". */
export const SUBJECT = form(
  `${NUM}(?:${TOP})?\\s+`,
  either(FITS, `(?:is|would be)\\s+${either("what i", `(?:my|the)\\s+(?:\\p{L}+\\s+)?${word(LABELS)}`)}`),
);

/** The verb at the end: "8 puan veriyorum". */
export const VERB_LAST = form(`${NUM}(?:${TOP})?(?:\\s*${UNIT})?\\s+${anyOf(VERBS_LAST)}`);

/** A unit of scripts without spaces: "7分". */
export const IN_UNITS = form("(?<!/ ?)", NUM, "\\s*(?:分|点|점)");

/** The last sentence, or the last clause behind words without a number or with an article, is the number alone. */
export const SENTENCE = form(
  either("^[^\\d\\n,:.]{1,40},\\s+", "[.;!?][\"')]*\\s+(?:an?\\s+)?", ",\\s+an?\\s+"),
  QUALITY,
  GIVEN,
  "[.!\\s]*$",
);

/** Before a number that begins a line: marks, words such as "So," or "Sure!", an article, the number in words. */
const LINE_LEAD = [
  `^[\\s•·*#>"'()\\[\\]{<|→=:_${SCALE_MARK}]*(?:[-–]+>?\\s+)?`,
  `(?:${anyOf(OPENING_REMARKS)}\\s*[,:.!-]?\\s+){0,2}`,
  `${QUALITY}(?:${anyOf(INDEFINITE)}\\s+)?${QUALITY}(?:\\p{L}+\\s+\\(\\s*)?${OPENING_MARKS}`,
].join("");

/** A line that is a number alone; marks, a remark, something in brackets, or the scale may follow (group `tail`). */
export const LINE_ALONE = new RegExp(
  [
    `${LINE_LEAD}${GIVEN}(?<tail>[\\s)\\]}>"'|.!,:;*_${SCALE_MARK}]*(?:${anyOf(CLOSING_REMARKS)}[\\s.!]*)?`,
    `(?:\\([^()]*\\)|\\[[^\\[\\]]*\\]|\\p{L}{1,4}\\s[^\\d\\n]*${SCALE_MARK}[^\\d\\n]*)?[\\s.!|]*)$`,
  ].join(""),
  "diu",
);

/** A line that begins with a number and goes on to explain it: "7 - soft", "7 because it is soft". */
export const LINE_BEGIN = new RegExp(
  [
    `${LINE_LEAD}${GIVEN}[)\\]>"'|]*`,
    either("\\s+-", "\\s*[:;,.!|]\\s", "\\s*\\(", "\\s*(?:=|→|->)\\s*\\p{L}", `\\s+${anyOf(EXPLAINING)}`),
  ].join(""),
  "diu",
);
