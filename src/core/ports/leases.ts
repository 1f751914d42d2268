import type { Spending } from "./store.ts";

/** Leave to spend a part of a budget that several machines share. */
export interface Lease {
  readonly id: string;
  /** At most so much, until its end. */
  readonly most: Spending;
}

/** A budget over all machines, parted by leases: all leases together never exceed it. */
export interface Leases {
  /**
   * A new lease of 1,000 calls and 1 USD, or of what is left.
   * @param leastUsd what the lease must allow at least to be of use
   * @returns undefined when not even one call of that price is left
   */
  take(leastUsd: number): Promise<Lease | undefined>;
  /** Ends a lease and gives back what was not spent. A lease that is never ended counts as spent. */
  giveBack(id: string, spent: Spending): Promise<void>;
  /** Leases that are not at their end: something of them may come back. */
  outstanding(): Promise<number>;
}
