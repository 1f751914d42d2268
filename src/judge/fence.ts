import { fingerprint } from "../core/hash.ts";

/** The mark that stands around judged material in a prompt. */
export interface Fence {
  readonly mark: string;
  /** The shorter mark of earlier versions; absent where the material holds it. */
  readonly earlier?: string;
}

/** Hexadecimal digits: 128 bits, beyond any search for a text that holds its own mark. */
const DIGITS = 32;
/** 40 bits, the beginning of the same hash: a text that holds it can be found in hours. */
const EARLIER_DIGITS = 10;

/**
 * The fence of judged material: made from the material itself, so that the same content always gives the same request,
 * and nobody who writes it can close the fence.
 * @returns null when the material holds its own mark: it must not be judged
 */
export function fenceAround(...texts: readonly string[]): Fence | null {
  const whole = texts.join("\u0000");
  return fenceWith(fingerprint(whole, DIGITS), whole);
}

/** As `fenceAround`, given the mark. */
export function fenceWith(mark: string, material: string): Fence | null {
  const earlier = mark.slice(0, EARLIER_DIGITS);
  if (!material.includes(earlier)) return { mark, earlier };
  return material.includes(mark) ? null : { mark };
}
