import {
  ADJECTIVES,
  FUNCTION_WORDS,
  GENERIC_NOUNS,
  NOUNS_IN_ED,
  NOUNS_IN_ING,
  NOUNS_IN_LY,
  PARTICIPLES,
  TRAILING,
  VERBS,
} from "./reading-words.ts";

/** Of one thing: a plural never follows, so a word in -s after its noun is a verb. */
const SINGULAR = new Set("a an each every another this one".split(" "));
/** What follows these is asked for or denied, so that it cannot be named ("which box", "no collar"). */
const UNNAMED = new Set("what which whose no".split(" "));
const DETERMINERS = new Set([
  ...SINGULAR,
  ...UNNAMED,
  ..."the my our your these those its his her their any".split(" "),
]);
/** Between an article and its noun ("the most efficient way"). */
const DEGREES = new Set("most more least less very quite rather".split(" "));
const LONGEST = 8;
/** What the last word of a name looks like: two letters or more, and not an adjective by its ending. */
const NAMING = /^(?!.*(?:ous|ful|less|['’]s)$).*\p{L}.*[\p{L}\p{N}+#]$/u;
const PREPOSITIONS = new Set("of about for in on at with from by between into during without".split(" "));
const AUXILIARIES = new Set(
  "is are was were do does did can could will would should has have affects matters".split(" "),
);
const PLURAL = /^(?:.*[^sui'’]s|people|children|men|women)$/;
/** "a six-week plan", "a fifteen-year-old machine". */
const MEASURE =
  /^(?:.*-(?:second|minute|hour|day|week|month|year|night|page|part|room|tone|long|power|old|aged|made|free|based))$/;
/** "understandable", unlike the things that end so. */
const ABLE = /^(?!vegetable|timetable|syllable|variable|constable|crucible).{3,}[ai]ble$/;
const NUMBER =
  /^(?:\d+|(?:t(?:wo|hree|en|welve|wenty|hirty)|four(?:teen)?|f(?:ive|ifteen|orty|ifty)|six(?:teen|ty)?|seven(?:teen|ty)?|eight(?:een|y)?|nine(?:teen|ty)?|thirteen|eleven|hundred|thousand)(?:-(?!.*old).*)?)$/;
/** "they're", "haven't" */
const SHORTENED = /'(?:ll|re|ve|d|m)$|n't$/;
const CLAUSE = new Set("how why that what when if whether which who".split(" "));
/** With these a verb comes late in the clause ("why does bread rise", "how can a swimmer recognise"). */
const LATE_VERB =
  /\b(?:why|how|when|where|what|which)\b.*?\b(?:do|does|did|can|could|should|would|will|might|must)\b|^(?:do|does|did|can|could|should|would|will|might|must)\b/i;
/** After these a noun is followed by a bare verb ("let a child win", "makes a sentence persuade"). */
const CAUSING = new Set(
  "let lets make makes made help helps see sees saw watch hear heard have has".split(" "),
);

/** A verb in -s stands before these ("the sky makes me", "the rent rises by"). */
const OBJECTS = new Set("me you us them him it by".split(" "));

interface Token {
  /** As written, without the punctuation around it. */
  readonly word: string;
  readonly lower: string;
  /** Punctuation or the end follows. */
  readonly stops: boolean;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const raw of text.split(/[\s—–]+/)) {
    const word = raw.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}+#%]+$/gu, "");
    if (word === "" || /[<>{}[\]|]/.test(word)) continue;
    tokens.push({ word, lower: word.toLowerCase().replace("’", "'"), stops: !raw.endsWith(word) });
  }
  return tokens;
}

/** The noun phrases of a text in order, generic ones left out. */
export function nounPhrases(text: string): string[] {
  return [...new Set(text.split(/(?<=[.!?])\s+/).flatMap(phrasesOf))];
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

/** Whether a word can belong to a name: no function word, no adverb, and a verb only where a noun is due. */
function isNominal(
  tokens: readonly Token[],
  at: number,
  phrase: readonly Token[],
  { lateVerb, inClause }: { readonly lateVerb: boolean; readonly inClause: boolean },
): boolean {
  const { lower: word, stops } = tokens[at] as Token;
  if (FUNCTION_WORDS.has(word) || SHORTENED.test(word) || (word.endsWith("ly") && !NOUNS_IN_LY.has(word)))
    return false;
  if (phrase.length === 0 && (TRAILING.has(word) || NUMBER.test(word) || word === "home")) return false;
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
  if (!stops && after !== undefined && (DETERMINERS.has(after) || NUMBER.test(after))) return false;
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
function isOpen(phrase: readonly Token[]): boolean {
  const from = phrase.findLastIndex(({ lower }) => lower === "of") + 1;
  return phrase
    .slice(from)
    .every(({ lower }) => DETERMINERS.has(lower) || DEGREES.has(lower) || isAdjective(lower));
}

function isAdjective(word: string): boolean {
  if (ADJECTIVES.has(word) || PARTICIPLES.has(word)) return true;
  return word.includes("-") ? MEASURE.test(word) : word.endsWith("ble") && ABLE.test(word);
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
    NUMBER.test(lower) ||
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
