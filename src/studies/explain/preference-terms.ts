import type { UserProfile } from "../../core/artifacts.ts";
import type { AttributeSet } from "./attribute-sets.ts";

/**
 * What the preferences of a user with attributes a are linear in. Whoever is the opposite in everything prefers the
 * opposite, so every term is odd in a: the K entries of a, and where two attributes are active, for each pair i < j
 * (a_i + a_j) / 2 and (a_i - a_j) / 2 of users who have both, of which one is 0. With m = 1 the first K tell all there is;
 * with m = 2 all of them tell any odd function of a, also the targets of a dense mapping, which are not linear in a.
 * @returns K terms, or K + K (K - 1) with pairs
 */
export function preferenceTerms(attributes: UserProfile["attributes"], hasPairs: boolean): Float64Array {
  const k = attributes.length;
  const terms = new Float64Array(termCount(k, hasPairs));
  terms.set(attributes);
  if (!hasPairs) return terms;
  let at = k;
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++, at += 2) {
      const [a, b] = [attributes[i] as number, attributes[j] as number];
      if (a === 0 || b === 0) continue;
      terms[at] = (a + b) / 2;
      terms[at + 1] = (a - b) / 2;
    }
  }
  return terms;
}

export const termCount = (k: number, hasPairs: boolean): number => (hasPairs ? k * k : k);

/**
 * The terms of somebody who is known by probabilities alone: their expectation.
 * @param terms one row a set, as `preferenceTerms`
 */
export function expectedTerms(
  probabilities: Float64Array,
  sets: readonly AttributeSet[],
  terms: readonly Float64Array[],
): Float64Array {
  const out = new Float64Array(terms[0]?.length ?? 0);
  for (let s = 0; s < sets.length; s++) {
    const p = probabilities[s] as number;
    const row = terms[s] as Float64Array;
    for (let t = 0; t < out.length; t++) out[t]! += p * (row[t] as number);
  }
  return out;
}
