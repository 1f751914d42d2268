import { LEASE_SECONDS, leasesOf, setBudget } from "../../cluster/leases.ts";
import type { SharedStore } from "../../cluster/shared-store.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { System } from "../../core/ports/system.ts";
import { leasedBudget } from "../../providers/decorators/leased.ts";
import { systemClock } from "../../providers/decorators/system-clock.ts";
import { openWorkplace, type Workplace } from "../workplace.ts";
import { type Cluster, openCluster } from "./open-cluster.ts";

/** The flag that names the database. */
export const QUEUE_FLAG = "--queue";

/** A coordinator's directory: its store is shared, and so is its budget, once the run is known that it is of. */
export interface CoordinatorPlace {
  readonly cluster: Cluster;
  readonly place: Workplace & { readonly store: SharedStore };
  /** The same with the budget of a run over all machines, where there is a limit; and how to give back what is not needed. */
  budgeted(run: string): Promise<{ readonly place: Workplace; rest(): Promise<void> }>;
}

/**
 * Does something in a directory whose store is shared through a database.
 * @param url of the database; its password is shown nowhere
 * @throws UsageError for an address that does not answer, or a directory that another process holds
 */
export async function inSharedPlace<T>(
  system: System,
  url: string,
  { out, budget }: Pick<Config, "out" | "budget">,
  task: (shared: CoordinatorPlace) => Promise<T>,
): Promise<T> {
  const cluster = await openCluster(
    url,
    QUEUE_FLAG,
    true,
    (words) => system.stderr(`${words}\n`),
    system.stopSignal,
  );
  try {
    const own = openWorkplace(system, out, {});
    let store: SharedStore | undefined;
    try {
      store = await cluster.share(own.store, true);
      const place = { ...own, store };
      const nothing = { taken: () => {}, ended: () => {} };
      return await task({
        cluster,
        place,
        async budgeted(run) {
          if (budget.calls === undefined && budget.usd === undefined) return { place, rest: async () => {} };
          await setBudget(cluster.db, run, budget);
          const leases = leasesOf(cluster.db, run);
          const leased = leasedBudget(own.budget, leases, systemClock, LEASE_SECONDS * 1000, nothing);
          return { place: { ...place, budget: leased }, rest: leased.rest };
        },
      });
    } finally {
      try {
        await store?.leave();
      } finally {
        own.close();
      }
    }
  } finally {
    await cluster.close();
  }
}
