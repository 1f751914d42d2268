import type { SharedRun } from "../../cluster/runs.ts";
import type { System } from "../../core/ports/system.ts";
import { runBenchmark } from "../../pipeline/run.ts";
import { unitDoer } from "../../pipeline/units/do-unit.ts";
import type { UnitOutcome, WorkUnit } from "../../pipeline/units/unit.ts";
import { beginRun, type OpenRun, readyRun } from "../compose.ts";
import { runStamp } from "../run-stamp.ts";
import { receivedConfig, type WorkerSettings } from "./travelling-config.ts";
import { refused, type SharedPlace, silent, type WorkerPart } from "./worker-part.ts";

/** A sweep's cell as work: all calls of that run, or one unit of it. It stands in the queue of the sweep's first cell. */
export interface CellWork {
  readonly kind: "cell";
  /** Of the cell's run: a worker that would ask otherwise finds another one. */
  readonly stamp: string;
  /** As it travels. */
  readonly config: unknown;
  readonly unit?: WorkUnit;
}

/** What a job says is to be done. */
export type JobWork = WorkUnit | CellWork;

/** Does cells, one run opened for each. */
export interface CellDoer {
  work(cell: CellWork): Promise<UnitOutcome>;
  /** Calls of all cells so far. */
  calls(): number;
}

/** @param part of the sweep's limits: all cells spend from one budget */
export function cellDoer(
  system: System,
  run: SharedRun,
  settings: WorkerSettings,
  place: SharedPlace,
  { budget, traffic }: WorkerPart,
): CellDoer {
  const open = new Set<OpenRun>();
  let before = 0;
  return {
    calls: () => [...open].reduce((sum, { totals }) => sum + totals().calls, before),
    async work({ stamp, config, unit }) {
      const ready = await readyRun(system, receivedConfig(system, config, settings), { traffic });
      let cell: OpenRun | undefined;
      try {
        if (runStamp(ready) !== stamp)
          throw refused(run, "inputs or models of a cell are others here: a file or a checkpoint differs");
        cell = beginRun(ready, { ...place, budget: budget ?? place.budget });
        open.add(cell);
        if (unit !== undefined) return await unitDoer(silent(cell))(unit);
        await runBenchmark(silent(cell));
        return { failed: 0 };
      } finally {
        if (cell !== undefined) {
          await cell.drain();
          before += cell.totals().calls;
          open.delete(cell);
        }
        await ready.providers.close();
      }
    },
  };
}
