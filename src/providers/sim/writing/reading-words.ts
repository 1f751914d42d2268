import data from "./data/slips.json" with { type: "json" };
import words from "./data/words.json" with { type: "json" };

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Words that are never the name of a subject. */
export const FUNCTION_WORDS = setOf(words.function);
/** Nouns that say nothing about the subject ("the best way", "some tips"). */
export const GENERIC_NOUNS = setOf(words.generic);
/** Words that end up behind a noun and never before one ("keep basil alive", "take it home"). */
export const TRAILING = setOf(words.trailing);
/** Words that stand before a noun and name nothing by themselves. */
export const ADJECTIVES = setOf(words.adjectives);
/** What ends in -ing, -ly or -ed and names something all the same. */
export const NOUNS_IN_ING = setOf(words.nounsInIng);
export const NOUNS_IN_LY = setOf(words.nounsInLy);
export const NOUNS_IN_ED = setOf(words.nounsInEd);
export const CODE_WORDS = setOf(words.code);
/** Words of programming that have other uses too. */
export const LOOSE_CODE_WORDS = setOf(words.looseCode);
export const FEELING_WORDS = setOf(words.feelings);
const NOUNS_TOO = setOf("rose saw felt thought bit shot stole");
export const BASE_VERBS = setOf(words.verbs);
/** Verbs in all their forms. */
export const VERBS: ReadonlySet<string> = new Set([
  ...[...BASE_VERBS].flatMap(inflections),
  ...words.irregular.split(" "),
]);

/** "given", "made": past forms that are no nouns, so that one behind a noun is a verb. */
export const PARTICIPLES: ReadonlySet<string> = new Set(
  words.irregular.split(" ").filter((form) => !BASE_VERBS.has(form) && !NOUNS_TOO.has(form)),
);

export type PieceKind = keyof typeof words.pieces | "article";
/** The kind of text that a word for it asks for. */
export const PIECE_WORDS: ReadonlyMap<string, PieceKind> = new Map(
  Object.entries(words.pieces).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [name, kind as PieceKind] as const),
  ),
);

const real = new Set(["form", "your", "its", ...FUNCTION_WORDS]);
/** What was meant by a slip of the fingers that is no word itself. */
const meant = new Map(
  Object.entries(data.slips).flatMap(([word, slips]) =>
    slips.filter((slip) => !real.has(slip)).map((slip) => [slip, word] as const),
  ),
);

const SLIPS = new RegExp(`\\b(?:${[...meant.keys()].join("|")})\\b`, "g");

/** A text with the known slips of fast typing undone. */
export function unslipped(text: string): string {
  return text.replace(SLIPS, (slip) => meant.get(slip) as string);
}

/** Base, -s, -ed and -ing by the rules of spelling; a doubled consonant is tried wherever it might stand. */
function inflections(verb: string): string[] {
  const stem = verb.endsWith("e") ? verb.slice(0, -1) : verb;
  const doubled = `${verb}${verb.at(-1)}`;
  const soft = verb.replace(/([^aeiou])y$/, "$1i");
  const plural = soft !== verb ? `${soft}es` : /(s|sh|ch|x|z|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
  return [verb, plural, `${stem}ed`, `${soft}ed`, `${stem}ing`, `${doubled}ing`, `${doubled}ed`];
}
