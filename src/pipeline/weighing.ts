import type { Gauge } from "../core/gauge.ts";
import type { WeighingRecord } from "../core/run-record.ts";

/** Sums are of whole millionths, so that they do not depend on the order in which answers came. */
const UNIT = 1e6;

/** Counts the scores of a run that were weighed by probabilities. */
export function weighingTally(): {
  readonly add: NonNullable<Gauge["weighed"]>;
  /** For the run record; empty where none was. */
  record(): { readonly weighing?: WeighingRecord };
} {
  let [scores, plain, mass] = [0, 0, 0];
  return {
    add(found, isPlain) {
      scores++;
      mass += Math.round(found * UNIT);
      if (isPlain) plain++;
    },
    record: () => (scores === 0 ? {} : { weighing: { scores, plain, meanMass: mass / UNIT / scores } }),
  };
}
