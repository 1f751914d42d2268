import type { TextKind } from "../features.ts";
import lexicon from "./data/lexicon.json" with { type: "json" };
import { effectOfChange, typical } from "./effects.ts";
import type { Option, Site } from "./site.ts";

/** A literal with its changeable words taken out: what stands between them, and the sites. */
export type LexiconPart = string | Site;

const rare = new Set(lexicon.rare);
/** exp(-2): a way of saying it that few choose without a style of their own. */
const RARE_BASE = -2;
const synonyms = new Map(lexicon.synonyms.map((ways) => [ways[0] as string, ways]));
const forms = new Map(lexicon.forms.map((ways) => [ways[0] as string, ways]));
/** In a text of someone else's: only short and long forms that mean the same wherever they stand. */
const foreign = new Map(
  lexicon.forms
    .filter((ways) => !lexicon.onlyOwn.includes(ways[0] as string))
    .flatMap((ways) => ways.slice(0, 2).map((way) => [way, ways] as const)),
);

/** What may change in our own sentences: in answers also words, in messages only their forms. */
const own = { answer: new Map([...synonyms, ...forms]), message: forms };
const ownPattern = { answer: patternOf(own.answer), message: patternOf(own.message) };
const foreignPattern = patternOf(foreign);

/** Whole words, longest first, with the article before them; a short form never ends a clause ("what it is."). */
function patternOf(ways: ReadonlyMap<string, readonly string[]>): RegExp {
  const heads = [...ways.keys()].sort((a, b) => b.length - a.length);
  return new RegExp(`(?<![\\w'-])(an? )?(${heads.join("|")})(?![\\w'-])(?=.)`, "gi");
}

const siteMemo = new Map<string, Site>();

function siteOf(ways: readonly string[], article: string, capital: boolean, kind: TextKind): Site {
  const memoKey = `${kind}/${article === ""}/${capital}/${ways[0]}`;
  let site = siteMemo.get(memoKey);
  if (site === undefined) {
    const plain = article === "" ? ways : ways.map(withArticle);
    const written = capital ? plain.map((way) => way.charAt(0).toUpperCase() + way.slice(1)) : plain;
    const before = `${typical(kind)} ${written[0]}`;
    site = {
      options: written.map((way): Option => {
        const effect = effectOfChange(before, `${typical(kind)} ${way}`, kind);
        return { atoms: [way], base: rare.has(way) ? RARE_BASE : 0, effect };
      }),
    };
    siteMemo.set(memoKey, site);
  }
  return site;
}

/** "a" or "an" by the first letter, but for a "u" that sounds like "you": the lexicon holds no "hour". */
function withArticle(word: string): string {
  return /^(?!use|usu|uni)[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
}

/** Takes the words of the lexicon out of a literal of our own writing. */
export function splitOwn(literal: string, kind: TextKind): LexiconPart[] {
  return split(literal, ownPattern[kind], own[kind], kind);
}

/** Takes short and long forms out of a text by someone else, leaving every other word alone. */
export function splitForeign(text: string, kind: TextKind): LexiconPart[] {
  return split(text, foreignPattern, foreign, kind);
}

function split(
  text: string,
  pattern: RegExp,
  table: ReadonlyMap<string, readonly string[]>,
  kind: TextKind,
): LexiconPart[] {
  const parts: LexiconPart[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, article = "", head] = match as unknown as [string, string | undefined, string];
    const ways = table.get(head) ?? table.get(head.toLowerCase());
    if (ways === undefined) continue;
    if (match.index > at) parts.push(text.slice(at, match.index));
    const capital = /^[A-Z]/.test(whole) && !/^I\b/.test(whole);
    parts.push(siteOf(ways, article, capital, kind));
    at = match.index + whole.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}
