/** Arithmetic mean; `null` of nothing. */
export function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** The sum of what `of` gives for each item; 0 of nothing. */
export function sumOf<T>(items: Iterable<T>, of: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += of(item);
  return sum;
}

/**
 * Standard deviation, in two passes. `sample` divides by n - 1 and is `null` below two values; `population`
 * divides by n and is `null` of nothing.
 */
export function standardDeviation(values: ArrayLike<number>, kind: "sample" | "population"): number | null {
  const divisor = kind === "sample" ? values.length - 1 : values.length;
  const centre = mean(values);
  if (centre === null || divisor < 1) return null;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(squares / divisor);
}

/**
 * Quantile of type 7 (Hyndman & Fan, 1996; the default of NumPy and R): linear between order statistics.
 * `values` in any order, may hold infinities but no NaN; `probability` in [0, 1]; `null` of nothing.
 */
export function quantile(values: ArrayLike<number>, probability: number): number | null {
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

/** The same for values that are already in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number | null {
  if (sorted.length === 0) return null;
  const position = probability * (sorted.length - 1);
  const index = Math.floor(position);
  const below = sorted[index] as number;
  const above = sorted[Math.min(index + 1, sorted.length - 1)] as number;
  // An infinite neighbour with no weight, or two equal infinities, would make NaN of the line between them.
  if (position === index || below === above) return below;
  return below + (position - index) * (above - below);
}
