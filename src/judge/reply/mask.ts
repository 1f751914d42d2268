import type { AskedScale } from "../../core/rating-scale.ts";
import { COUNTED } from "./phrases.ts";
import { anyOf, NEARLY, OR_SO, OUT_OF, POINTS, TEN, UP_TO, word } from "./vocabulary.ts";

/** Stands for numbers that only say which scale is meant; a claim may reach across it. */
export const SCALE_MARK = "\u0001";
/** Stands for numbers that are no score; no claim reaches across it. */
export const NO_SCORE = "\u0002";

/** A number as the score of a reply may be written; at most two places after a comma, so that 1,000 is none. */
export const NUMBER =
  "(?<!\\d,|[\\d.\\p{sc=Latn}\\p{sc=Cyrl}\\p{sc=Grek}])\\d+(?:\\.\\d+|,\\d{1,2})?(?!\\d|[.,]\\d|(?!pts?\\b|points?\\b)[A-Za-z\\p{sc=Cyrl}\\p{sc=Grek}])";
const RANGE_MARK = "(?:-|~|→|->|\\.\\.+|±|\\+/-|\\||、)";

/** Where a match's digits become `mark`, so that positions stay. */
function blot(
  text: string,
  pattern: RegExp,
  mark: string,
  where: (match: string[]) => boolean = () => true,
): string {
  return text.replace(pattern, (...match: unknown[]) =>
    where(match as string[]) ? (match[0] as string).replace(/\S/g, mark) : (match[0] as string),
  );
}

/**
 * The reply with all numbers blotted out that a reader would not take for the score: the scale itself, fractions of
 * other scales, ranges, bounds and estimates, percentages, times, dates, money, ordinals, quoted passages.
 * @returns null when the reply says that it rates on another scale
 */
export function maskOf(plain: string, asked: AskedScale): string | null {
  let text = maskQuotes(plain);
  if (namesOtherScale(text, asked)) return null;
  text = blot(text, SCALE_MENTION[asked], SCALE_MARK);
  text = blot(text, FRACTION, NO_SCORE, ([, , top = ""]) => topOf(top) !== asked);
  text = blot(text, TWO_NUMBERS, NO_SCORE, ([, one, other]) => one !== other);
  for (const pattern of NO_SCORES) text = blot(text, pattern, NO_SCORE);
  if (asked !== 100) text = blot(text, PERCENT, NO_SCORE);
  return maskList(text);
}

/** What the reply quotes, it does not say itself, unless it is a number alone or the whole reply. */
function maskQuotes(text: string): string {
  const isQuoteAlone = /^\s*(["'])[^"']*\1\s*\.?\s*$/.test(text);
  const open = isQuoteAlone
    ? text
    : text
        .replace(/"[^"\n]{1,400}"/g, hidden)
        .replace(/(?<![\p{L}\d])'[^'\n]{2,400}'(?![\p{L}\d])/gu, hidden);
  return open.replace(/"/g, " ").replace(/(?<!\p{L})'|'(?!\p{L})/gu, " ");
}

function hidden(quote: string): string {
  const inner = quote.slice(1, -1);
  if (/^\s*[^\p{L}]*\s*$/u.test(inner) || !/\d/.test(inner)) return quote;
  return quote.replace(/\d/g, NO_SCORE);
}

const TEN_OR = (asked: AskedScale): string => (asked === 10 ? `(?:10|${anyOf(TEN)})` : "(?:100|hundred)");
const JOINT = `(?:${RANGE_MARK}|\\s${anyOf(UP_TO)}\\s|\\s?[至到から〜에서]+\\s?)`;
const GLOSS = "(?:\\s*(?:\\([^()\\d]{0,60}\\)|[=:]\\s*[^\\d\\n,;]{1,40}?))?";
const END = "(?![\\d\\p{sc=Latn}\\p{sc=Cyrl}\\p{sc=Grek}]|[.,]\\d)";

function scaleMention(asked: AskedScale): RegExp {
  const top = TEN_OR(asked);
  return new RegExp(
    [
      `(?<![\\d.,/])(?:[01]|one|zero|eins|un|uno)${GLOSS}\\s*(?:,|;)?\\s*${JOINT}?\\s*(?<=[-~,;→./|\\s至到]|から|에서)${top}${END}(?<!\\d\\s)`,
      `${top}\\s?-?\\s?(?:point|punkte|puntos|points|分制|段階|점 척도)[\\s-]*(?:scale|skala|échelle|escala)?${END}(?<=scale|skala|échelle|escala|制|階|척도)`,
      `(?:scale|skala|échelle|escala|scala)\\s+(?:of|von|de|di)\\s+${top}${END}`,
      `(?:1|one)\\s+(?:being|is|means|meaning)\\s+[^\\d\\n.;]{1,60}${top}\\s+(?:being\\s+|is\\s+|means\\s+|meaning\\s+)?[^\\d\\n.,;:]{1,60}`,
      `\\(\\s*[01]\\s[^()\\d]{1,40}${top}\\s[^()\\d]{1,40}\\)`,
      `(?:满分|満点|滿分)\\s*(?:为|は|是|:)?\\s*${top}\\s*(?:分|点)?|${top}\\s*(?:分|点)\\s*(?:满分|満点|滿分|制)`,
      `(?:max(?:imum)?\\.?|maximal|máximo|highest(?: possible)?(?: score)?)\\s*(?:is|of|=|:)?\\s*${top}${END}`,
      `(?<!\\d[\\s)\\]]{0,3}|\\d\\s?(?:points?|stars?|Punkte|puntos)\\s)(?:out\\s+of|von|sur|sobre|из|/)\\s*${top}${END}(?=\\s*[):\\]=|]|\\s+(?:is|for)\\b)`,
    ].join("|"),
    "giu",
  );
}

const SCALE_MENTION: Readonly<Record<AskedScale, RegExp>> = { 10: scaleMention(10), 100: scaleMention(100) };

/** `a scale of 1 to 5`, `(1-5)`, `5-point scale`. */
const OTHER_SCALE =
  /(?:scale|skala|échelle|escala|range|likert)[^.\d\n]{0,30}(?<!\d)[01]\s*(?:-|to|bis|à|a|and|out of)\s*(\d+)|[([]\s*[01]\s*(?:-|to|bis|à)\s*(\d+)\s*[)\]]|(\d+)[\s-]?(?:point|star|Punkte|puntos)[\s-]scale|scale of (\d+)(?!\s*(?:-|to|\d))/giu;

function namesOtherScale(text: string, asked: AskedScale): boolean {
  for (const [, ...tops] of text.matchAll(OTHER_SCALE)) {
    const top = tops.find((found) => found !== undefined);
    if (top !== undefined && Number(top) !== asked) return true;
  }
  return false;
}

const OUT = `(?:\\s*/\\s*|\\s+[([]?\\s*${anyOf(OUT_OF.filter((w) => w !== "/"))}\\s+|\\s*[([]\\s*${anyOf(["out of", "of", "von", "sur", "de", "su", "из", "z", "av"])}\\s+)`;
/** A number and the top that it is measured by. */
const FRACTION = new RegExp(
  `(${NUMBER})(?:\\s?(?:${anyOf(POINTS)}|stars?))?${OUT}(?:the\\s+)?(\\d+(?:\\.0+)?|${anyOf(TEN)})${END}`,
  "giu",
);
export const TOP = `${OUT}(\\d+(?:\\.0+)?|${anyOf(TEN)})${END}(?:\\s*[)\\]])?`;

function topOf(top: string): number {
  return /\d/.test(top) ? Number(top) : 10;
}

const NUM = NUMBER;
const UNIT = `(?:\\s*(?:${anyOf(POINTS)}|分|点|점))?`;
/** "7 (8)". */
const TWO_NUMBERS = new RegExp(`(${NUM})[)\\]]? ?[([](${NUM})[)\\]]`, "giu");

const NO_SCORES: readonly RegExp[] = [
  // Dates, times, versions, thousands.
  /\d+(?:(?:-\d+){2,}|(?:\/\d+){2,}|(?:\.\d+){2,}|(?::\d+){2,})|\d{1,2}:\d{2}(?!\d)|\d{1,3}(?:[.,]\d{3})+/g,
  // Ranges and choices: two numbers, whatever stands between them says "from ... to" or "or".
  new RegExp(
    `${NUM}${UNIT}(?:${TOP})?(?: *\\([^()\\d\\n]{1,40}\\))? *[,;(]? *(?:${RANGE_MARK} *|& *| (?=\\d)|(?<=[ ,;(])(?:${anyOf(UP_TO)} +){1,3}(?:an? +)?| *(?:至|到|から|か|〜|に|或|或者|または|에서|또는|이나) *|, *)${NUM}${UNIT}(?: *(?:,|${RANGE_MARK}| ${anyOf(UP_TO)} ) *${NUM})*(?!\\s*%)`,
    "giu",
  ),
  new RegExp(`${NUM} ?\\( ?\\?|${NUM}(?:${TOP})? for [^\\d\\n.;]{1,40}${NUM}(?:${TOP})? for\\b`, "giu"),
  new RegExp(
    `(?:between|zwischen|entre|tra|fra|между|mellan|mellem|tussen|między|mezi) +[^.\\n\\d]{0,12}${NUM}(?:${TOP})? +\\p{L}+ +[^.\\n\\d]{0,12}${NUM}(?:${TOP})?`,
    "giu",
  ),
  // Taken back: "7, no, 8".
  new RegExp(
    `${NUM}(?:${TOP})?[\\s.,;:-]*\\b(?:no|nope|wait|actually|rather|sorry|correction|make that|or rather|i mean)\\b[\\s.,;:-]*${NUM}`,
    "giu",
  ),
  // Signs and estimates.
  new RegExp(`(?<![\\w)\\]=-]|[\\w)\\]]\\s)[-+]${NUM}|(?<=[:=]\\s?)[-+]${NUM}`, "gu"),
  new RegExp(
    `(?:[~≈≃≅±≤≥≪≫]=?|<(?!\\d[^<>\\n]*>)=?|(?<=[^\\s=<-] *)>=?|(?<=^|\\n)>=?(?=\\d))\\s*${NUM}(?!>)`,
    "gu",
  ),
  new RegExp(
    `${word(NEARLY)}\\s*(?:an?\\s+|the\\s+|eine\\s+|un\\s+)?${NUM}(?:${TOP})?|(?:约|約|大约|大約|およそ|ほぼ|약|거의|差不多|超过|超過|至少|至多|不到|低于|高于|少なくとも|적어도)\\s*${NUM}`,
    "giu",
  ),
  new RegExp(
    `${NUM}(?:${TOP})?${UNIT}\\s*${anyOf(OR_SO)}(?![\\p{L}])|${NUM}[+](?!\\d)|${NUM}-(?=\\s*$)`,
    "giu",
  ),
  // Other kinds of quantity.
  /(?<![\d.,])\d+(?:[.,]\d+)?(?:e[-+]?\d+|(?!pts?\b|points?\b)[a-z]+(?:\d|\b)|\s*(?:°|‰|€|£|\$(?!\s*$)))/gi,
  /[€£¥]\s?\d+|[#№]\d+|(?<=\S\s*)\$\d+|(?<=^\s*)\$\d+(?!\s*\$)/g,
  /(?<!of |\/ ?|\d)\d+(?:\.\d+)?\s*(?:st|nd|rd|th|stars?(?!\s+(?:out\s+)?of\s)|sterne?|étoiles?|estrellas?|years?|hours?|minutes?|seconds?|days?|weeks?|months?|pm|am|分钟|分鐘|分之|分の|点半|点钟|時|年|月|日|个|個|条|次|번|개|명|년)(?![\p{L}])/giu,
  /第\s*\d+|\d+\s*(?:分钟|分鐘|分之|分の|个|個|条|年|月|日|次|개|번째)/g,
  // Places: the number tells which one, not how much.
  new RegExp(`${word(COUNTED)}\\s*:?\\s*${NUM}(?:${TOP})?`, "giu"),
  // Arithmetic.
  /\d+(?:\.\d+)?\s*[*×^+]\s*\d+(?:\.\d+)?/g,
];
const PERCENT = /\d+(?:[.,]\d+)?\s*(?:%|percent|per cent|prozent|pour cent|por ciento|процент\p{L}*)/giu;

/** Numbers of a list: two lines or more that begin with 1, 2, ... */
function maskList(text: string): string {
  const items = [...text.matchAll(/^\s*(\d+)[.)]\s+(?=\S)/gm)];
  const isList = items.length > 1 && items.every(([, number], i) => Number(number) === i + 1);
  return isList
    ? text.replace(
        /^(\s*)(\d+)(?=[.)]\s+\S)/gm,
        (_, space: string, digits: string) => space + digits.replace(/\d/g, " "),
      )
    : text;
}
