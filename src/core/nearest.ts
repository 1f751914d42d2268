import { distance } from "fastest-levenshtein";

/** Beginnings from this length on are taken for an abbreviation. */
const ABBREVIATION = 3;

/**
 * The known word that was probably meant: within a third of its letters by edits (Levenshtein 1966), whatever the case,
 * or the only one that begins so. `undefined`: none is near.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const meant = word.trim().toLowerCase();
  const ranked = [...known]
    .map((name) => ({ name, edits: distance(meant, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.ceil(name.length / 3))
    .toSorted((a, b) => a.edits - b.edits);
  if (ranked[0] !== undefined) return ranked[0].name;
  const begun = [...known].filter((name) => name.toLowerCase().startsWith(meant));
  return meant.length >= ABBREVIATION && begun.length === 1 ? begun[0] : undefined;
}

/** The end of a message about an unknown word: `; did you mean "x"?`, or nothing when no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
