import type { SharedRun } from "../../cluster/runs.ts";
import type { System } from "../../core/ports/system.ts";
import { VERSION } from "../../core/version.ts";
import { unitDoer } from "../../pipeline/units/do-unit.ts";
import type { UnitOutcome } from "../../pipeline/units/unit.ts";
import { beginRun, type OpenRun, type ReadyRun, readyRun } from "../compose.ts";
import { runStamp } from "../run-stamp.ts";
import { cellDoer, type JobWork } from "./cell-work.ts";
import { promptsPrint } from "./open-cluster.ts";
import { receivedConfig, type WorkerSettings } from "./travelling-config.ts";
import { refused, type SharedPlace, silent, type WorkerPart } from "./worker-part.ts";

/** A run that this worker takes part in. */
export interface JoinedRun {
  /** Does a job's work, from what the store holds at the time. */
  work(work: JobWork): Promise<UnitOutcome>;
  /** Calls so far. */
  calls(): number;
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
  settings: WorkerSettings,
  place: SharedPlace,
  part: WorkerPart,
): Promise<JoinedRun> {
  const { budget } = part;
  const config = receivedConfig(system, run.config, settings);
  const ready = await readyRun(system, config, { traffic: part.traffic });
  const stamp = runStamp(ready);
  if (stamp !== run.id) {
    await ready.providers.close();
    throw refused(run, "its inputs or models are others here: a file, a data set or a checkpoint differs");
  }
  const open = beginRun(ready, { ...place, budget: budget ?? place.budget });
  const { traffic } = place.store;
  let doer = unitDoer(silent(open));
  let replaced = traffic.replaced;
  const cells = cellDoer(system, run, settings, place, part);
  return {
    open,
    rest: async () => budget?.rest(),
    calls: () => open.totals().calls + cells.calls(),
    work(work) {
      if (work.kind === "cell") return cells.work(work);
      // What was computed in memory from answers that do not count any more is left behind.
      if (replaced !== traffic.replaced) doer = unitDoer(silent(open));
      replaced = traffic.replaced;
      return doer(work);
    },
    close: () => closeRun(ready, open),
  };
}

async function closeRun({ providers }: ReadyRun, open: OpenRun): Promise<void> {
  await open.drain();
  await providers.close();
}

/** @throws UsageError for a run of a version or of prompts that are not this worker's */
export function checkVersion(run: SharedRun): void {
  if (run.version !== VERSION) throw refused(run, `it is of apm-bench ${run.version}, this is ${VERSION}`);
  if (run.prompts !== promptsPrint()) throw refused(run, "its prompts are others");
}
