/** Terms that are added in one go. */
const FEW = 4096;

/**
 * In how many equal parts a sum of so many terms is to be made: 1 for few, else the largest divisor that is no larger than
 * the root.
 *
 * jax-js adds one term after the other in 32 bits. Over a real vocabulary each of the tens of thousands of improbable tokens
 * is then rounded away by itself, and all together are missing: for SmolLM2's 49,152 some 1.5e-4 of a softmax's sum, and
 * 6e-5 of a gradient that comes back through the output matrix. Parts are summed first, and then their sums.
 */
export function partsOf(terms: number): number {
  if (terms <= FEW) return 1;
  let parts = Math.floor(Math.sqrt(terms));
  while (terms % parts !== 0) parts--;
  return parts;
}
