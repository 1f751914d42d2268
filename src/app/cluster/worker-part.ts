import type { SharedRun } from "../../cluster/runs.ts";
import type { SharedStore } from "../../cluster/shared-store.ts";
import { UsageError } from "../../core/errors.ts";
import type { LeasedBudget } from "../../providers/decorators/leased.ts";
import type { OpenRun } from "../compose.ts";
import type { SharedTraffic } from "../traffic.ts";
import type { Workplace } from "../workplace.ts";

/** A worker's folder whose store is shared. */
export type SharedPlace = Workplace & { readonly store: SharedStore };

/** What of a run's limits a worker has. */
export interface WorkerPart {
  /** Where the run has a budget. */
  readonly budget: LeasedBudget | undefined;
  readonly traffic: SharedTraffic;
}

/** A job writes no records. */
export const silent = ({ setup }: OpenRun) => ({
  ...setup,
  observe: () => {},
  sink: { user: () => {}, sample: () => {} },
});

/** What a worker says of a run that it would carry out otherwise than the coordinator. */
export const refused = (run: SharedRun, why: string): UsageError =>
  new UsageError(`this worker cannot take part in run ${run.id}: ${why}`, {
    where: "work",
    remedy: "use the same apm-bench and the same files on all machines",
  });
