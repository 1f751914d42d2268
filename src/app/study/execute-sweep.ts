import type { Config } from "../../core/config/resolved.ts";
import { ApmError, ProviderError, StoppedError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { System } from "../../core/ports/system.ts";
import { simulatedInAny } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import { whole } from "../../report/format.ts";
import { readRun } from "../../run-folder/read-run.ts";
import type { FinishedCell } from "../../studies/sweep/finished-cell.ts";
import type { FailedCell } from "../../studies/sweep/record.ts";
import { shownCell } from "../../studies/sweep/vary.ts";
import { beginRun, readyRun } from "../compose.ts";
import { withCrew } from "../crew/with-crew.ts";
import { executeRun, resumable } from "../execute-run.ts";
import { openWorkplace, type Workplace } from "../workplace.ts";
import { finishedCell, markFinished, type PlannedCell } from "./sweep-cells.ts";

/** Cells that were run, and those that failed. */
export interface SweptCells {
  readonly finished: FinishedCell[];
  readonly failed: FailedCell[];
  readonly storedCalls: number;
}

/** Runs cells in a directory of its own. @throws StoppedError at the budget's end or on request */
export async function executeSweep(
  system: System,
  { out, budget }: Pick<Config, "out" | "budget">,
  cells: readonly PlannedCell[],
  watcher: Watcher,
): Promise<SweptCells> {
  const place = openWorkplace(system, out, budget);
  try {
    return await executeCells(system, out, place, cells, watcher);
  } finally {
    place.close();
  }
}

/**
 * Runs the cells one after the other in one place, whose store and budget they share, and leaves out those that are
 * finished. A cell that fails is kept in mind and the others go on; a stop stops the sweep.
 * @param hopeless cells that have failed elsewhere and are not tried, by their stamps
 * @throws StoppedError at the budget's end or on request
 */
export async function executeCells(
  system: System,
  out: string,
  place: Workplace,
  cells: readonly PlannedCell[],
  watcher: Watcher,
  hopeless: ReadonlyMap<string, ApmError> = new Map(),
): Promise<SweptCells> {
  const finished: FinishedCell[] = [];
  const failed: FailedCell[] = [];
  // Cells that ask the models of a cell whose server failed would wait for it, each through all its tries.
  const unreachable = new Map<string, ProviderError>();
  try {
    for (const [i, cell] of cells.entries()) {
      const name = `cell ${i + 1} of ${cells.length}, ${shownCell(cell.values)}`;
      const before = finishedCell(system, cell);
      if (before !== undefined) {
        system.stderr(`${name}: finished before\n`);
        finished.push(before);
        continue;
      }
      const models = canonicalJson([cell.config.models, cell.config.methods]);
      const gone = hopeless.get(cell.stamp) ?? unreachable.get(models);
      if (gone !== undefined) {
        failed.push(failure(cell, gone));
        continue;
      }
      system.stderr(`${name}\n`);
      try {
        finished.push(await runCell(system, cell, place, watcher));
      } catch (error) {
        if (!(error instanceof ApmError) || error instanceof StoppedError) throw error;
        if (error instanceof ProviderError) unreachable.set(models, error);
        system.stderr(`${name} failed: ${error.message}\n`);
        failed.push(failure(cell, error));
      }
    }
    return { finished, failed, storedCalls: place.store.countCalls() };
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    const { message, where, remedy } = resumable(error, out);
    const state = `${whole(finished.length)} of ${whole(cells.length)} cells are finished`;
    throw new StoppedError(`${message}; ${state}`, { where: where!, remedy: remedy!, cause: error });
  }
}

async function runCell(
  system: System,
  cell: PlannedCell,
  place: Workplace,
  watcher: Watcher,
): Promise<FinishedCell> {
  const { values, folder, config } = cell;
  const ready = await readyRun(system, config);
  const run = withCrew(beginRun(ready, place), ready.providers, place);
  const { results } = await executeRun(system, run, watcher);
  markFinished(system, cell, simulatedInAny([results]));
  return { values, folder, ...readRun(system, config.out) };
}

const failure = ({ values }: PlannedCell, error: ApmError): FailedCell => ({
  values,
  error: error.message,
  where: error.where ?? null,
});
