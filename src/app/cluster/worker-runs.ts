import type { SharedRun } from "../../cluster/runs.ts";
import type { SharedStore } from "../../cluster/shared-store.ts";
import type { Config } from "../../core/config/resolved.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { TrafficLeases } from "../../core/ports/traffic-leases.ts";
import { VERSION } from "../../core/version.ts";
import { unitDoer } from "../../pipeline/units/do-unit.ts";
import type { UnitOutcome, WorkUnit } from "../../pipeline/units/unit.ts";
import type { LeasedBudget } from "../../providers/decorators/leased.ts";
import { beginRun, type OpenRun, type ReadyRun, readyRun } from "../compose.ts";
import { runStamp } from "../run-stamp.ts";
import type { Workplace } from "../workplace.ts";
import { promptsPrint } from "./open-cluster.ts";

/** A worker's folder whose store is shared. */
export type SharedPlace = Workplace & { readonly store: SharedStore };

/** What of a run's limits a worker has. */
export interface WorkerPart {
  /** Where the run has a budget. */
  readonly budget: LeasedBudget | undefined;
  /** Of what servers allow a minute. */
  readonly leases: TrafficLeases;
}

/** A run that this worker takes part in. */
export interface JoinedRun {
  /** Does a unit, from what the store holds at the time. */
  work(unit: WorkUnit): Promise<UnitOutcome>;
  readonly open: OpenRun;
  /** Gives back what of the shared budget is not needed just now. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Joins a run from the database.
 * @throws UsageError when this worker would ask otherwise than the coordinator: another version, prompts, inputs or models
 */
export async function joinRun(
  system: System,
  run: SharedRun,
  config: Config,
  place: SharedPlace,
  { budget, leases }: WorkerPart,
): Promise<JoinedRun> {
  const ready = await readyRun(system, config, { leases });
  const stamp = runStamp(ready);
  if (stamp !== run.id) {
    await ready.providers.close();
    throw refused(run, "its inputs or models are others here: a file, a data set or a checkpoint differs");
  }
  const open = beginRun(ready, { ...place, budget: budget ?? place.budget });
  const { traffic } = place.store;
  let doer = unitDoer(silent(open));
  let replaced = traffic.replaced;
  return {
    open,
    rest: async () => budget?.rest(),
    work(unit) {
      // What was computed in memory from answers that do not count any more is left behind.
      if (replaced !== traffic.replaced) doer = unitDoer(silent(open));
      replaced = traffic.replaced;
      return doer(unit);
    },
    close: () => closeRun(ready, open),
  };
}

async function closeRun({ providers }: ReadyRun, open: OpenRun): Promise<void> {
  await open.drain();
  await providers.close();
}

/** A job writes no records. */
const silent = ({ setup }: OpenRun) => ({
  ...setup,
  observe: () => {},
  sink: { user: () => {}, sample: () => {} },
});

/** @throws UsageError for a run of a version or of prompts that are not this worker's */
export function checkVersion(run: SharedRun): void {
  if (run.version !== VERSION) throw refused(run, `it is of apm-bench ${run.version}, this is ${VERSION}`);
  if (run.prompts !== promptsPrint()) throw refused(run, "its prompts are others");
}

const refused = (run: SharedRun, why: string): UsageError =>
  new UsageError(`this worker cannot take part in run ${run.id}: ${why}`, {
    where: "work",
    remedy: "use the same apm-bench and the same files on all machines",
  });
