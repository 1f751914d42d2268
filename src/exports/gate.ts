import type { Simulated } from "../core/simulated.ts";
import type { RunComparison } from "../studies/compare-runs.ts";
import type { BrokenThreshold, Threshold } from "../studies/thresholds.ts";

/** A comparison with the limits that it was held to: what continuous integration is told. */
export interface Gate {
  /** The runs as they were named. */
  readonly first: string;
  readonly second: string;
  readonly comparison: RunComparison;
  readonly thresholds: readonly Threshold[];
  readonly broken: readonly BrokenThreshold[];
  /** What of the two runs was simulated. */
  readonly mark: Simulated;
}

/** A limit as it was written. */
export const ruleOf = ({ left, least }: Threshold): string => `${left}=${least}`;
