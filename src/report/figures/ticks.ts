/** More are never told apart by eye. */
const MOST_DIGITS = 4;

/**
 * Writes the ticks of an axis with as many digits as their distance needs, and no more: 0.05 apart with two, 1 apart
 * with none.
 * @param format writes a number with so many digits
 */
export function tickText(
  format: (value: number, digits: number) => string,
): (value: number, index: number, ticks?: readonly number[]) => string {
  return (value, _index, ticks) => {
    const [first = 0, second = first + 1] = [...new Set(ticks ?? [])];
    return format(value, digitsFor(Math.abs(second - first)));
  };
}

function digitsFor(step: number): number {
  for (let digits = 0; digits < MOST_DIGITS; digits++) {
    const scaled = step * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return digits;
  }
  return MOST_DIGITS;
}
