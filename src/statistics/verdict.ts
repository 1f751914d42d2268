import type { Verdict } from "../core/run-record.ts";

/** The level of every test here, and one minus that of every interval. */
export const LEVEL = 0.05;

/** What a verdict is made from: the effect, its unadjusted 95 % interval, and the p-value that decides. */
export interface Finding {
  readonly delta: number | null;
  readonly deltaCi95: readonly [number, number] | null;
  /** Of the test itself, and after correction for the family; a test outside every family has no adjusted one. */
  readonly pValue: number | null;
  readonly pValueAdjusted: number | null;
}

/** The p-value that decides: the adjusted one where there is a family, else the test's own. */
function decisive({ pValue, pValueAdjusted }: Finding): number | null {
  return pValueAdjusted ?? pValue;
}

/**
 * Significance goes first, by the adjusted p-value and the sign of Δ alone. Without significance a method is `practically
 * the same` when its 95 % interval lies within the margin (an equivalence test at the 2.5 % level; Schuirmann, 1987,
 * J. Pharmacokinetics and Biopharmaceutics 15).
 * @param margin the smallest difference that matters, in points of reward
 */
export function verdictOf(finding: Finding, margin: number): Verdict {
  const { delta, deltaCi95 } = finding;
  if (delta === null) return "no result";
  const p = decisive(finding);
  if (p !== null && p < LEVEL && delta !== 0) return delta > 0 ? "better" : "worse";
  return liesWithin(deltaCi95, margin) ? "practically the same" : "no significant difference";
}

/** Whether a significant effect is sure to lie within the margin (its interval does): it is there, and too small to matter. */
export function isWithinMargin(finding: Finding, margin: number): boolean {
  const p = decisive(finding);
  return p !== null && p < LEVEL && liesWithin(finding.deltaCi95, margin);
}

const liesWithin = (ci: Finding["deltaCi95"], margin: number): boolean =>
  ci !== null && -margin <= ci[0] && ci[1] <= margin;

/** Whether the interval leaves 0 out while the corrected p-value does not pass: a reader must be told why. */
export function isLostToCorrection({ pValue, pValueAdjusted }: Finding): boolean {
  return pValue !== null && pValueAdjusted !== null && pValue < LEVEL && !(pValueAdjusted < LEVEL);
}
