import { isNominal, isOpen } from "./reading-nominal.ts";
import {
  DEGREES,
  DETERMINERS,
  isAdjective,
  isNumber,
  PLURAL,
  PREPOSITIONS,
  SINGULAR,
  type Token,
  tokensOf,
  UNNAMED,
} from "./reading-tokens.ts";
import { ADJECTIVES, FUNCTION_WORDS, GENERIC_NOUNS, NOUNS_IN_ED, TRAILING, VERBS } from "./reading-words.ts";

const LONGEST = 8;
/** What the last word of a name looks like: two letters or more, and not an adjective by its ending. */
const NAMING = /^(?!.*(?:ous|ful|less|['’]s)$).*\p{L}.*[\p{L}\p{N}+#]$/u;
const CLAUSE = new Set("how why that what when if whether which who".split(" "));
/** With these a verb comes late in the clause ("why does bread rise", "how can a swimmer recognise"). */
const LATE_VERB =
  /\b(?:why|how|when|where|what|which)\b.*?\b(?:do|does|did|can|could|should|would|will|might|must)\b|^(?:do|does|did|can|could|should|would|will|might|must)\b/i;

/** The noun phrases of a text in order, generic ones left out. */
export function nounPhrases(text: string): string[] {
  return [...new Set(text.split(/[.!?]\s+/).flatMap(phrasesOf))];
}

function phrasesOf(text: string): string[] {
  const tokens = tokensOf(text);
  const lateVerb = LATE_VERB.test(text);
  let inClause = false;
  const phrases: string[] = [];
  let current: Token[] = [];
  let start = 0;
  const close = (): void => {
    const phrase = isCut(tokens, start, current) ? undefined : finished(current);
    if (phrase !== undefined) phrases.push(phrase);
    current = [];
  };
  for (let i = 0; i < tokens.length; i++) {
    if (current.length === 0) start = i;
    const token = tokens[i] as Token;
    if (CLAUSE.has(token.lower)) inClause = true;
    // "a new one", "closed ones", "a photograph of mine": what they stand for is named elsewhere.
    if (/^ones?$/.test(token.lower) && current.length > 0) current = [];
    else if (DEGREES.has(token.lower) && current.length > 0 && isOpen(current)) current.push(token);
    else if (token.lower === "what" && !asksForNoun(tokens, i)) close();
    else if (DETERMINERS.has(token.lower) || pointsAtNoun(tokens, i)) {
      if (!(current.at(-1)?.lower === "of")) {
        close();
        start = i;
      }
      current.push(token);
    } else if (token.lower === "of" && current.length > 0 && current.length < LONGEST - 2) {
      // "a password full of symbols" is about a password.
      if (isAdjective((current.at(-1) as Token).lower)) close();
      else current.push(token);
    } else if (isNominal(tokens, i, current, { lateVerb, inClause })) {
      current.push(token);
    } else {
      close();
    }
    if ((token.stops && !isInRow(tokens, i)) || current.length >= LONGEST) close();
  }
  close();
  return phrases;
}

/** "a hallway and [staircase]", "one missed [connection]": a single thing whose article stands too far away to be kept. */
function isCut(tokens: readonly Token[], start: number, run: readonly Token[]): boolean {
  const [first, before] = [run[0], tokens[start - 1]];
  if (first === undefined || before === undefined || before.stops) return false;
  if (DETERMINERS.has(first.lower) || PLURAL.test((run.at(-1) as Token).lower)) return false;
  if (before.lower === "and" || before.lower === "or")
    return tokens
      .slice(Math.max(0, start - 4), start)
      .some(({ lower }) => SINGULAR.has(lower) || UNNAMED.has(lower));
  return /(?:ed|ing)$/.test(before.lower) && before.lower !== "during";
}

/** "a short, friendly text": the comma stands between two adjectives. */
function isInRow(tokens: readonly Token[], at: number): boolean {
  return isAdjective((tokens[at] as Token).lower) && isAdjective(tokens[at + 1]?.lower ?? "");
}

/** "what distance" and "at what age", unlike "explain what erosion is". */
function asksForNoun(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  return before === undefined || before.stops || PREPOSITIONS.has(before.lower) || before.lower === "and";
}

/** "that gap?": a "that" which is no conjunction, since its noun ends the clause. */
function pointsAtNoun(tokens: readonly Token[], at: number): boolean {
  const [noun, after] = [tokens[at + 1], tokens[at + 2]];
  if (tokens[at]?.lower !== "that" || tokens[at]?.stops || noun === undefined) return false;
  const other = [FUNCTION_WORDS, ADJECTIVES, DETERMINERS, VERBS].some((words) => words.has(noun.lower));
  if (other || PLURAL.test(noun.lower)) return false;
  return noun.stops || after === undefined || PREPOSITIONS.has(after.lower);
}

/** Trims a run of words to a phrase that names something, or to nothing. */
function finished(run: readonly Token[]): string | undefined {
  const words = [...run];
  const isLoose = ({ lower }: Token): boolean =>
    DETERMINERS.has(lower) ||
    DEGREES.has(lower) ||
    TRAILING.has(lower) ||
    lower === "of" ||
    lower === "that" ||
    isNumber(lower) ||
    isAdjective(lower) ||
    (lower.endsWith("ed") && !NOUNS_IN_ED.has(lower));
  // "the best", "keep it dry": adjectives without a noun name nothing; a noun before them does.
  while (words.length > 0 && isLoose(words.at(-1) as Token)) words.pop();
  const of = words.findIndex((token) => token.lower === "of");
  if (of > 0 && GENERIC_NOUNS.has((words[of - 1] as Token).lower)) words.splice(0, of + 1);
  const head = words.at(-1);
  if (head === undefined || GENERIC_NOUNS.has(head.lower) || !NAMING.test(head.lower)) return undefined;
  if (UNNAMED.has((words[0] as Token).lower)) return undefined;
  return words.map((token, i) => (i === 0 && isSentenceCase(token) ? token.lower : token.word)).join(" ");
}

/** A determiner with a capital is one because it opens a sentence; any other capital may be a name. */
function isSentenceCase(token: Token): boolean {
  return DETERMINERS.has(token.lower);
}

const POSSESSIVE = /(?<=^| )(?:my|our)(?= )/g;

/** "my cat" as the one who answers says it: "your cat". */
export function addressed(phrase: string): string {
  return phrase.includes("my ") || phrase.includes("our ") ? phrase.replace(POSSESSIVE, "your") : phrase;
}
