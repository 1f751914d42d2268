import {
  DEGREES,
  DETERMINERS,
  isAdjective,
  isNumber,
  PLURAL,
  PREPOSITIONS,
  SINGULAR,
  type Token,
} from "./reading-tokens.ts";
import {
  ADJECTIVES,
  FUNCTION_WORDS,
  NOUNS_IN_ING,
  NOUNS_IN_LY,
  PARTICIPLES,
  TRAILING,
  VERBS,
} from "./reading-words.ts";

const AUXILIARIES = new Set(
  "is are was were do does did can could will would should has have affects matters".split(" "),
);
/** "they're", "haven't" */
const SHORTENED = /'(?:ll|re|ve|d|m)$|n't$/;
/** After these a noun is followed by a bare verb ("let a child win", "makes a sentence persuade"). */
const CAUSING = new Set(
  "let lets make makes made help helps see sees saw watch hear heard have has".split(" "),
);

/** A verb in -s stands before these ("the sky makes me", "the rent rises by"). */
const OBJECTS = new Set("me you us them him it by".split(" "));

/** Whether a word can belong to a name: no function word, no adverb, and a verb only where a noun is due. */
export function isNominal(
  tokens: readonly Token[],
  at: number,
  phrase: readonly Token[],
  { lateVerb, inClause }: { readonly lateVerb: boolean; readonly inClause: boolean },
): boolean {
  const { lower: word, stops } = tokens[at] as Token;
  if (
    FUNCTION_WORDS.has(word) ||
    (word.includes("'") && SHORTENED.test(word)) ||
    (word.endsWith("ly") && !NOUNS_IN_LY.has(word))
  )
    return false;
  if (phrase.length === 0 && (TRAILING.has(word) || isNumber(word) || word === "home")) return false;
  const before = tokens[at - 1]?.lower ?? "";
  // "cats knead", "my neighbours announcing": what follows a plural is a verb.
  if (phrase.length > 0 && PLURAL.test(before) && !isOfOne(phrase, word)) return false;
  if (!VERBS.has(word)) return true;
  if (phrase.length > 0 && DETERMINERS.has(before)) return before !== "one" && before !== "this";
  if (PREPOSITIONS.has(before)) return !word.endsWith("ing");
  if (phrase.length === 0) return isCompound(tokens, at);
  // "a deep frying pan", "a rip current", "an easy run": after an adjective a noun is due.
  if (isOpen(phrase)) return true;
  const after = tokens[at + 1]?.lower;
  if (PARTICIPLES.has(word)) return false;
  if (after !== undefined && AUXILIARIES.has(after)) return true;
  if (lateVerb || (word.endsWith("ing") && !NOUNS_IN_ING.has(word))) return false;
  if (CAUSING.has(tokens[at - phrase.length - 1]?.lower ?? "")) return false;
  // "how inflation affects a pension", "a van holds twelve": the -s belongs to a verb.
  if (/[^s]s$/.test(word) && (inClause || SINGULAR.has((phrase[0] as Token).lower))) return false;
  if (word.endsWith("ed") || (word.endsWith("s") && OBJECTS.has(after ?? ""))) return false;
  if (!stops && after !== undefined && (DETERMINERS.has(after) || isNumber(after))) return false;
  return !TRAILING.has(before) && (stops || after === undefined || FUNCTION_WORDS.has(after));
}

/** "a small claims court": the plural cannot be the noun of its article. */
function isOfOne(phrase: readonly Token[], word: string): boolean {
  return (
    SINGULAR.has((phrase[0] as Token).lower) &&
    !VERBS.has(word) &&
    !phrase.some(({ lower }) => lower === "of")
  );
}

/** "how moving insurance works", "do baking soda ...": what a noun is called after, where no verb is due. */
function isCompound(tokens: readonly Token[], at: number): boolean {
  const [before, word, after] = [tokens[at - 1], tokens[at] as Token, tokens[at + 1]];
  if (!word.lower.endsWith("ing") || word.stops || after === undefined || before === undefined) return false;
  if (/(?:ly|ed)$/.test(after.lower)) return false;
  if (!/^(?:how|why|do|does|did|and|or|explain|compare)$/.test(before.lower)) return false;
  return ![FUNCTION_WORDS, DETERMINERS, VERBS, ADJECTIVES, TRAILING].some((words) => words.has(after.lower));
}

/** A phrase that waits for its noun. */
export function isOpen(phrase: readonly Token[]): boolean {
  const from = phrase.findLastIndex(({ lower }) => lower === "of") + 1;
  return phrase
    .slice(from)
    .every(({ lower }) => DETERMINERS.has(lower) || DEGREES.has(lower) || isAdjective(lower));
}
