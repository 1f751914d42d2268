/** Leave to begin calls of so many units (requests or tokens), for a moment. */
export interface TrafficLease {
  readonly id: string;
  readonly units: number;
}

/** What a server allows a minute, shared by several machines: leases of any minute together never exceed it. */
export interface TrafficLeases {
  /**
   * Takes part of what a minute allows.
   * @param limit which limit it is: of a server and a model, of requests or of tokens
   * @param least units without which the lease is of no use
   * @param most units that could be used now
   * @returns a lease, good for `LEASED_MS`; or after how many milliseconds to ask again
   */
  take(
    limit: string,
    perMinute: number,
    least: number,
    most: number,
  ): Promise<TrafficLease | { readonly waitMs: number }>;
  /** Says what was used of a lease: the rest may be taken by others. */
  settle(id: string, used: number): Promise<void>;
}

/** How long calls may begin with a lease, counted by the taker's own clock from before it asked. */
export const LEASED_MS = 2_000;
