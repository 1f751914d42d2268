import type { Interval } from "../core/run-record.ts";

/** A dash where there is no figure: missing is not zero. */
const NO_VALUE = "–";

/** A number with fixed digits and a true minus sign. */
export function fixed(value: number | null, digits = 2): string {
  if (value === null) return NO_VALUE;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** As `fixed`, with a plus sign in front of a positive number. */
export function signed(value: number | null, digits = 2): string {
  const text = fixed(value, digits);
  return value !== null && value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** Bounds in brackets. A missing bound is that of a ratio: without losses it has no upper end, without wins its lower one is 0. */
export function interval(
  bounds: Interval | readonly [number | null, number | null] | null,
  format: (value: number | null) => string,
): string {
  if (bounds === null) return NO_VALUE;
  const [low, high] = bounds;
  return `[${low === null ? "0" : format(low)}, ${high === null ? "∞" : format(high)}]`;
}

/** A p-value: three digits, and never "0". */
export function pValue(p: number | null): string {
  if (p === null) return NO_VALUE;
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** A share between 0 and 1. */
export function percent(share: number | null, digits = 0): string {
  return share === null ? NO_VALUE : `${fixed(100 * share, digits)}%`;
}

/** A name at most so long, its middle left out: beginnings and endings tell names apart. */
export function shortened(name: string, most: number): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const tail = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - tail).join("")}…${letters.slice(-tail).join("")}`;
}

/** A whole number with thousands apart. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A stretch of time. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
