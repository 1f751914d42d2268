import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/hash.ts";
import type { System } from "../../core/ports/system.ts";
import { simulatedInAny } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import type { CallCount } from "../../pipeline/estimate-calls.ts";
import {
  finishedPaperCell,
  missingCell,
  REPRODUCE_SCHEMA,
  type ReproducedCell,
  type ReproduceRecord,
} from "../../studies/reproduce/record.ts";
import { reproduceOutline } from "../../studies/reproduce/report.ts";
import { totalUsage } from "../../studies/sweep/record.ts";
import { callsOf } from "../estimate.ts";
import { refuseRunDirectory } from "./execute-study.ts";
import { executeSweep } from "./execute-sweep.ts";
import type { FinishedStudy } from "./finished-study.ts";
import {
  inGridOrder,
  type ReproducePlan,
  type ReproduceSettings,
  type TriedCell,
} from "./reproduce-cells.ts";
import { type PlannedCell, planCells } from "./sweep-cells.ts";

/** Of all targets: they share a store, and what two of them need is paid once. */
export const REPRODUCE_FOLDER = join("runs", "reproduce");

/** A run that one or several cells of the paper come from. */
export interface PlannedRun {
  readonly run: PlannedCell;
  readonly cells: readonly TriedCell[];
  readonly calls: readonly CallCount[];
}

/**
 * Reads the inputs of every cell; cells that are one and the same run share it.
 * @throws UsageError for a cell that cannot be run
 */
export async function plannedRuns(system: System, plan: ReproducePlan, out: string): Promise<PlannedRun[]> {
  const { tried, budget } = plan;
  const calls = new Map<PlannedCell, readonly CallCount[]>();
  const { planned, wrong } = await planCells(system, { out, budget }, tried, (cell, ready) => {
    calls.set(cell, callsOf(ready));
  });
  if (wrong.length > 0) {
    const lines = wrong.map(
      ({ values, error }) => `  ${values.target}, ${values.base}, ${values.setting}: ${error}`,
    );
    throw new UsageError(`${wrong.length} of ${tried.length} cells cannot be run:\n${lines.join("\n")}`, {
      where: "apm-bench reproduce",
      remedy: "correct file or flags, or name a target without these cells",
    });
  }
  const cellOf = new Map(tried.map((cell) => [canonicalJson(cell.values), cell]));
  return [...Map.groupBy(planned, ({ stamp }) => stamp).values()].map((same): PlannedRun => {
    const [run] = same as [PlannedCell];
    return {
      run,
      cells: same.map(({ values }) => cellOf.get(canonicalJson(values)) as TriedCell),
      calls: calls.get(run) as readonly CallCount[],
    };
  });
}

/**
 * Runs what is missing of the paper's cells, and sets the figures beside those that the paper prints.
 * @returns besides the study how many cells failed
 * @throws UsageError for cells that cannot be run; StoppedError at the budget's end
 */
export async function runReproduce(
  system: System,
  plan: ReproducePlan,
  { target, scale }: ReproduceSettings,
  out: string,
  watcher: Watcher,
): Promise<FinishedStudy<ReproduceRecord> & { readonly failures: number }> {
  const runs = await plannedRuns(system, plan, out);
  refuseRunDirectory(system, out);
  const { finished, failed, storedCalls } = await executeSweep(
    system,
    { out, budget: plan.budget },
    runs.map(({ run }) => run),
    watcher,
  );
  const results = new Map(finished.map(({ folder, results }) => [folder, results]));
  const errors = new Map(failed.map(({ values, error }) => [canonicalJson(values), error]));
  const known = runs.flatMap(({ run, cells }) =>
    cells.map(({ cell }): ReproducedCell => {
      const found = results.get(run.folder);
      if (found !== undefined) return finishedPaperCell(cell, run.folder, found);
      return missingCell(cell, "failed", errors.get(canonicalJson(run.values)) ?? "not run");
    }),
  );
  const record: ReproduceRecord = {
    schema: REPRODUCE_SCHEMA,
    version: VERSION,
    ...simulatedInAny([...results.values()]),
    target,
    scale,
    notes: [...plan.read.notes, ...sharedNote(runs)],
    cells: inGridOrder(target, [...known, ...plan.leftOut]),
    usage: totalUsage(finished.map(({ results: { usage } }) => usage)),
    storedCalls,
  };
  return {
    record,
    outline: reproduceOutline(record),
    folder: out,
    files: { record: `${target}.json`, page: `${target}.html` },
    also: ["cells"],
    failures: failed.length,
  };
}

/** Two base LLMs that one model stands for are one run. */
function sharedNote(runs: readonly PlannedRun[]): string[] {
  const isShared = runs.some(({ cells }) => new Set(cells.map(({ cell }) => cell.base)).size > 1);
  return isShared ? ["one model stands for both base LLMs, so that their cells are the same runs"] : [];
}
