import { withDigits } from "./number-words.ts";
import { plainOf } from "./plain-text.ts";

/** The common case: digits, and marks behind them that are part of no number. */
const DIGITS = /^(\d+)[\s*"')\]/:;!]*\.?$/;
const NUMERAL = /^(\d+(?:[.,]\d+)?)(?![\p{L}\d])/u;

/** The number that a text begins with, in digits of any script or as a word; null when it begins with none. */
export function numeralOf(text: string): number | null {
  const digits = DIGITS.exec(text)?.[1];
  if (digits !== undefined) return Number(digits);
  const plain = plainOf(text);
  const match = NUMERAL.exec(plain.text) ?? NUMERAL.exec(withDigits(plain).text);
  return match === null ? null : Number((match[1] as string).replace(",", "."));
}
