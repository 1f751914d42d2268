import { announceRun } from "../../cluster/runs.ts";
import type { Config } from "../../core/config/resolved.ts";
import { type ApmError, StoppedError } from "../../core/errors.ts";
import type { Observer } from "../../core/events.ts";
import { canonicalJson, fingerprint } from "../../core/hash.ts";
import type { NewJob } from "../../core/ports/job-queue.ts";
import type { System } from "../../core/ports/system.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { userPhase } from "../../pipeline/units/plan.ts";
import { unitName, type WorkUnit } from "../../pipeline/units/unit.ts";
import { shownCell } from "../../studies/sweep/vary.ts";
import { beginRun, readyRun } from "../compose.ts";
import { resumable } from "../execute-run.ts";
import { executeCells, type SweptCells } from "../study/execute-sweep.ts";
import { finishedCell, type PlannedCell } from "../study/sweep-cells.ts";
import type { Workplace } from "../workplace.ts";
import type { CellWork } from "./cell-work.ts";
import { promptsPrint } from "./open-cluster.ts";
import { GivenUpError, phaseDone, tryAgain } from "./phase-done.ts";
import { doPhases, doUserPhases, type JobOf, jobOfRun } from "./phases.ts";
import { type CoordinatorPlace, inSharedPlace } from "./shared-place.ts";
import { travellingConfig } from "./travelling-config.ts";
import { watching } from "./watch-jobs.ts";

/**
 * Has workers make all calls of a sweep's cells, and then carries out the cells itself, from what the log holds. Users come
 * first, in units as a run's do, cell by cell: what cells have in common is asked once. The first cell is done in units to its
 * end for the same reason; then each of the others is one job.
 * @param base what all cells share: directory and budget
 * @throws UsageError for a cell that cannot be shared; StoppedError at the budget's end
 */
export function coordinateSweep(
  system: System,
  base: Pick<Config, "out" | "budget">,
  cells: readonly PlannedCell[],
  url: string,
  watcher: Watcher,
): Promise<SweptCells> {
  const travelling = new Map(cells.map(({ stamp, config }) => [stamp, travellingConfig(config)]));
  const [first] = cells;
  if (first === undefined) throw new Error("a sweep has a cell");
  const id = first.stamp;
  return inSharedPlace(system, url, base, async (shared) => {
    const { cluster, place } = shared;
    const { store } = place;
    const budgeted = await shared.budgeted(id);
    const config = travelling.get(id);
    await announceRun(cluster.db, { id, version: VERSION, prompts: promptsPrint(), config });
    const { observe, end } = watching(system, base, watcher, store);
    const hopeless = new Map<string, ApmError>();
    try {
      await tryAgain(cluster, id, observe);
      const wanted = cells.filter((cell) => finishedCell(system, cell) === undefined);
      const doPhase = (name: string, jobs: readonly NewJob[]) =>
        phaseDone(system, cluster, store, { id, url, name, jobs }, observe);
      await doFirst(system, shared, wanted, { id, travelling, doPhase, hopeless });
      const others = wanted.filter(({ stamp }) => stamp !== id && !hopeless.has(stamp));
      await doCells(others, { id, travelling, doPhase, hopeless });
      await store.pull();
      end("finished");
    } catch (error) {
      end("failed");
      throw error instanceof StoppedError ? resumable(error, base.out) : error;
    }
    const swept = await executeCells(system, base.out, budgeted.place, cells, watcher, hopeless);
    await budgeted.rest();
    return swept;
  });
}

interface SweepOrder {
  /** Of the run whose queue the jobs stand in. */
  readonly id: string;
  readonly travelling: ReadonlyMap<string, unknown>;
  readonly doPhase: (name: string, jobs: readonly NewJob[]) => Promise<ReadonlyMap<string, unknown>>;
  /** Told of cells that were given up. */
  readonly hopeless: Map<string, ApmError>;
}

/** The users of all cells, and all of the first cell, whose answers others share. */
async function doFirst(
  system: System,
  { place }: CoordinatorPlace,
  cells: readonly PlannedCell[],
  { id, travelling, doPhase, hopeless }: SweepOrder,
): Promise<void> {
  const quiet: System = { ...system, stderr: () => {} };
  const made = new Set<string>();
  for (const cell of cells) {
    const { stamp, values } = cell;
    await withSetup(quiet, cell, place, async (setup) => {
      const users = usersPrint(setup);
      if (stamp !== id && made.has(users)) return;
      made.add(users);
      const jobOf: JobOf =
        stamp === id
          ? jobOfRun(id)
          : (planned) => ({
              ...jobOfRun(stamp)(planned),
              name: `${unitName(planned.unit)} of ${shownCell(values)}`,
              work: cellWork(cell, travelling, planned.unit),
            });
      try {
        await (stamp === id ? doPhases : doUserPhases)(jobOf, setup, (name, jobs) =>
          doPhase(`${name} of ${shownCell(values)}`, jobs),
        );
      } catch (error) {
        if (!(error instanceof GivenUpError)) throw error;
        hopeless.set(stamp, error);
      }
    });
  }
}

/** What is left of each cell, as one job. */
async function doCells(
  cells: readonly PlannedCell[],
  { id, travelling, doPhase, hopeless }: SweepOrder,
): Promise<void> {
  if (cells.length === 0) return;
  const jobOf = (cell: PlannedCell): NewJob => ({
    id: fingerprint(canonicalJson({ run: id, cell: cell.stamp }), 32),
    name: `cell ${shownCell(cell.values)}`,
    work: cellWork(cell, travelling),
  });
  try {
    await doPhase("cells", cells.map(jobOf));
  } catch (error) {
    if (!(error instanceof GivenUpError)) throw error;
    for (const cell of cells) {
      const failure = error.failures.find((job) => job.id === jobOf(cell).id);
      if (failure !== undefined) hopeless.set(cell.stamp, new GivenUpError([failure]));
    }
  }
}

const cellWork = (
  { stamp }: PlannedCell,
  travelling: SweepOrder["travelling"],
  unit?: WorkUnit,
): CellWork => ({
  ...{ kind: "cell", stamp, config: travelling.get(stamp) },
  ...(unit && { unit }),
});

/** Equal for cells whose users ask the same, as far as configurations tell. */
function usersPrint(setup: RunSetup): string {
  const { methods: _, worlds: __, statistics: ___, out: ____, ...rest } = setup.config;
  return canonicalJson([rest, userPhase(setup, { train: 0, validation: 0, test: 0 })]);
}

async function withSetup(
  system: System,
  { config }: PlannedCell,
  place: Workplace,
  task: (setup: RunSetup) => Promise<void>,
): Promise<void> {
  const ready = await readyRun(system, config);
  try {
    const observe: Observer = () => {};
    await task({ ...beginRun(ready, place).setup, observe, sink: { user: () => {}, sample: () => {} } });
  } finally {
    await ready.providers.close();
  }
}
