/**
 * word: of words and runs of punctuation, letter case ignored. character: within one whitespace-separated word and the
 * space on either side of it, case kept.
 */
export type NgramKind = "word" | "character";

/** Least and greatest n; none at all when the first is larger. */
export type NgramLengths = readonly [number, number];

/**
 * 32-bit hashes of all n-grams of the texts, one an occurrence; n-grams never cross from one text to the next.
 * Hashes stand for the n-grams themselves: among half a million of them about thirty pairs collide.
 * @returns a view that holds until the next call
 */
export type NgramHasher = (texts: readonly string[], kind: NgramKind, lengths: NgramLengths) => Uint32Array;

/** A hasher with room of its own: arrays made anew for each document would be half a gigabyte for some thousand. */
export function ngramHasher(): NgramHasher {
  let room = new Uint32Array(0);
  return (texts, kind, lengths) => {
    const units = texts.reduce((sum, text) => sum + text.length, 0);
    // A padded word of L + 2 units has no more than L + 2 <= 3 L n-grams for each n; tokens are no more than units.
    const most = 3 * units * Math.max(0, lengths[1] - lengths[0] + 1);
    if (most > room.length) room = new Uint32Array(most);
    let count = 0;
    for (const text of texts) {
      count =
        kind === "word"
          ? tokenNgrams(tokenHashes(text), lengths, room, count)
          : characterNgrams(text, lengths, room, count);
    }
    return room.subarray(0, count);
  };
}

function characterNgrams(text: string, [low, high]: NgramLengths, out: Uint32Array, count: number) {
  for (let start = 0; start < text.length; ) {
    if (isSpace(text.charCodeAt(start))) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
    // Positions start - 1 and end stand for the padding spaces.
    for (let from = start - 1; from <= end; from++) {
      let hash = CHARACTER_SEED;
      for (let n = 1; n <= high && from + n - 1 <= end; n++) {
        const at = from + n - 1;
        hash = absorb(hash, at < start || at === end ? SPACE : text.charCodeAt(at));
        if (n >= low) out[count++] = finish(hash);
      }
    }
    start = end;
  }
  return count;
}

function tokenNgrams(tokens: readonly number[], [low, high]: NgramLengths, out: Uint32Array, count: number) {
  for (let from = 0; from < tokens.length; from++) {
    let hash = WORD_SEED;
    for (let n = 1; n <= high && from + n <= tokens.length; n++) {
      hash = absorb(hash, tokens[from + n - 1] as number);
      if (n >= low) out[count++] = finish(hash);
    }
  }
  return count;
}

/** One hash a token: a word (letters, digits, apostrophes) in lower case, or a run of other signs. */
function tokenHashes(text: string): number[] {
  const tokens: number[] = [];
  let hash = WORD_SEED;
  let kind: "space" | "word" | "sign" = "space";
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? lowerCase(text.charCodeAt(i)) : SPACE;
    const next = isSpace(unit) ? "space" : isWordUnit(unit) ? "word" : "sign";
    if (next !== kind) {
      if (kind !== "space") tokens.push(hash);
      hash = WORD_SEED;
      kind = next;
    }
    hash = absorb(hash, unit);
  }
  return tokens;
}

const SPACE = 32;
const WORD_SEED = 0x3c6ef372; // two fractions of square roots, as in SHA-256: any two numbers would do
const CHARACTER_SEED = 0x510e527f;

const isSpace = (unit: number) => unit <= SPACE || unit === 0xa0;
/** ASCII letters, digits and apostrophe, the curly apostrophe, and all beyond Latin signs but general punctuation. */
const isWordUnit = (unit: number) =>
  (unit >= 97 && unit <= 122) ||
  (unit >= 48 && unit <= 57) ||
  unit === 39 ||
  unit === 0x2019 ||
  (unit >= 0xc0 && (unit < 0x2000 || unit > 0x206f));
const lowerCase = (unit: number) => (unit >= 65 && unit <= 90 ? unit + 32 : unit);

/** One round of MurmurHash3 (32 bit). */
function absorb(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Its finaliser, fmix32. */
function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
