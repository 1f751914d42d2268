import { ProviderError } from "../../core/errors.ts";

/** Characters of a text that an error quotes. */
const QUOTED = 40;

/** What makes a vector worthless, in words; `undefined` when it can be used. */
export function flawOf(vector: Float32Array | undefined): string | undefined {
  if (vector === undefined || vector.length === 0) return "is missing";
  if (!vector.every(Number.isFinite)) return "holds something that is no number";
  return vector.some((value) => value !== 0) ? undefined : "is all zeros";
}

/**
 * Checks that vectors can be compared: one for each text, of numbers, not all of them zero, all of one length.
 * @param size the length of earlier vectors, if there were any
 * @returns their length
 * @throws ProviderError naming the text
 */
export function checkVectors(
  id: string,
  texts: readonly string[],
  vectors: readonly (Float32Array | undefined)[],
  size: number | undefined,
): number | undefined {
  for (const [i, text] of texts.entries()) {
    const vector = vectors[i];
    const flaw =
      flawOf(vector) ??
      (size === undefined || vector?.length === size
        ? undefined
        : `has ${vector?.length} numbers, and others ${size}`);
    if (flaw === undefined) {
      size ??= vector?.length;
      continue;
    }
    const quoted = JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text);
    throw new ProviderError(`${id}: the vector of a text ${flaw}`, {
      failure: "request",
      where: `the text ${quoted}`,
      remedy: "check the embedding server with this text, or use another embedding model",
      words: `a vector ${flaw}`,
    });
  }
  return size;
}
