/** How a rewrite ended that did not end by itself: where it went back to its prompt, or began to repeat itself. */
export type Ending = "mark" | "repetition";

/**
 * Texts at which a restated message is over: what small models go on with is the prompt that they were given.
 * @param fence mark of the message that is restated
 */
export const marksOf = (fence: string): readonly string[] => [
  `</message-${fence}`,
  `\n<message-${fence}`,
  "\nThe person:\n",
];

/**
 * What is left of a text that ran on; the same text when it did not.
 * @param isCut it ended at the limit on tokens
 * @returns `ending` absent: nothing was taken away
 */
export function endedText(
  text: string,
  fence: string,
  isCut: boolean,
): { readonly text: string; readonly ending?: Ending } {
  // Some repeat the frame of the message around their own.
  const opening = `<message-${fence}>`;
  const whole = text.trim();
  const own = whole.startsWith(opening) ? whole.slice(opening.length).trimStart() : whole;
  const end = Math.min(
    ...marksOf(fence)
      .map((mark) => own.indexOf(mark))
      .filter((at) => at > 0),
  );
  if (Number.isFinite(end)) return { text: own.slice(0, end).trim(), ending: "mark" };
  if (!isCut) return { text: own };
  const before = beforeRepetition(own);
  return before === null ? { text: own } : { text: before, ending: "repetition" };
}

interface Sentence {
  /** Behind its last character. */
  readonly end: number;
  readonly words: readonly string[];
  /** It has an end of its own, and was not cut. */
  readonly isWhole: boolean;
}

/**
 * The text up to the end of the sentence behind which everything is repetition: of sentences that stand before, or of a few
 * words over and over.
 * @returns null where the rest says something new, or no sentence stands before it
 */
export function beforeRepetition(text: string): string | null {
  const sentences = sentencesOf(text);
  const seen = new Set<string>();
  let firstRepeat = -1;
  for (const [i, { words, isWhole }] of sentences.entries()) {
    const key = words.join(" ");
    const isRepeat =
      seen.has(key) ||
      isLoop(words) ||
      (!isWhole && firstRepeat > 0 && [...seen].some((earlier) => earlier.startsWith(key)));
    if (!isRepeat) firstRepeat = -1;
    else if (firstRepeat < 0) firstRepeat = i;
    seen.add(key);
  }
  const last = sentences[firstRepeat - 1];
  return last === undefined ? null : text.slice(0, last.end).trim();
}

/** Sentences and lines with a word in them; numbers are none, so that a counted list can repeat itself. */
function sentencesOf(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const match of text.matchAll(/[^.!?…。！？\n]*(?:[.!?…。！？]+["'”’»)\]*]*|\n+|$)/gu)) {
    const words = match[0].toLowerCase().match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? [];
    const end = match.index + match[0].length;
    if (words.length > 0) found.push({ end, words, isWhole: /[^\p{L}\p{N}\s,;:]\s*$|\n$/u.test(match[0]) });
  }
  return found;
}

/** Words of a unit that is repeated, at most. */
const LONGEST_UNIT = 8;
/** Words at the end of a sentence that must repeat what stands a unit before them. */
const LEAST_REPEATED = 6;

/** At least half of the sentence is a few words over and over. */
function isLoop(words: readonly string[]): boolean {
  for (let unit = 1; unit <= LONGEST_UNIT; unit++) {
    let run = 0;
    while (
      run < words.length - unit &&
      words[words.length - 1 - run] === words[words.length - 1 - run - unit]
    )
      run++;
    if (run >= Math.max(LEAST_REPEATED, 2 * unit, words.length / 2)) return true;
  }
  return false;
}
