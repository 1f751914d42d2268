/** How often paired differences fall into bins of equal width; bin i reaches from `from + i * width` to the next. */
export interface DifferenceHistogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}
