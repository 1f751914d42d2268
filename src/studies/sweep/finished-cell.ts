import type { Results } from "../../core/run-record.ts";
import type { RunDifferences } from "../../statistics/run-differences.ts";
import type { CellValues } from "./vary.ts";

/** A finished cell, as its run left it. */
export interface FinishedCell {
  readonly values: CellValues;
  readonly folder: string;
  readonly results: Results;
  readonly differences: RunDifferences;
}
