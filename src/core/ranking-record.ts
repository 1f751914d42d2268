/** What a record holds of methods that say what they expect of every style. */
export interface RankingRecord {
  /**
   * Of methods that say what they expect of every style: the share of a user's pairs of candidates with different rewards that
   * they order rightly (0.5: chance). On validation users as the method says, on test users as the run finds.
   */
  readonly pairwiseAccuracy?: {
    readonly validation: number | null;
    readonly test: number | null;
    readonly testCi95: readonly [number, number] | null;
  };
}

/** What a sample of such a method holds. */
export interface PredictedStyles {
  /** Of methods that say so: what they expect of all 2K styles, in the order follow_0, avoid_0, follow_1, ... */
  readonly predicted?: readonly (number | null)[];
}
