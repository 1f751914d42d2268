import type { Inference } from "./crossed.ts";
import { studentTQuantile, studentTTwoSided } from "./distributions.ts";

/** What is known of a difference: its t gives interval and p-value alike. */
export type IndependentDifference = Pick<
  Inference,
  "estimate" | "standardError" | "degreesOfFreedom" | "ci95" | "pValue"
>;

/**
 * b - a, of two statistics that share neither users nor worlds: their errors add up as squares, the degrees of freedom by
 * Satterthwaite (Welch, 1947, Biometrika 34; with one world a side this is Welch's t test).
 */
export function differenceOfIndependent(a: Inference, b: Inference): IndependentDifference {
  const estimate = b.estimate - a.estimate;
  const [va, vb] = [a.standardError ** 2, b.standardError ** 2];
  const variance = va + vb;
  if (variance === 0) {
    const degreesOfFreedom = a.degreesOfFreedom + b.degreesOfFreedom;
    const pValue = estimate === 0 ? 1 : 0;
    return { estimate, standardError: 0, degreesOfFreedom, ci95: [estimate, estimate], pValue };
  }
  const standardError = Math.sqrt(variance);
  const degreesOfFreedom = variance ** 2 / (va ** 2 / a.degreesOfFreedom + vb ** 2 / b.degreesOfFreedom);
  const half = studentTQuantile(0.975, degreesOfFreedom) * standardError;
  return {
    estimate,
    standardError,
    degreesOfFreedom,
    ci95: [estimate - half, estimate + half],
    pValue: studentTTwoSided(estimate / standardError, degreesOfFreedom),
  };
}
