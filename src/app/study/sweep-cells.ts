import { join } from "node:path";
import { parseUserConfig } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import { withOwnCommands } from "../../core/config/serve.ts";
import { UsageError } from "../../core/errors.ts";
import { canonicalJson, fingerprint } from "../../core/hash.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import type { Simulated } from "../../core/simulated.ts";
import { VERSION } from "../../core/version.ts";
import { readRun } from "../../run-folder/read-run.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { cellConfig } from "../../studies/sweep/cell-config.ts";
import type { FinishedCell } from "../../studies/sweep/finished-cell.ts";
import type { FailedCell } from "../../studies/sweep/record.ts";
import { type CellValues, shownCell, shownValue } from "../../studies/sweep/vary.ts";
import { type ReadyRun, readyRun } from "../compose.ts";
import { completeConfig } from "../resolve.ts";
import { runStamp } from "../run-stamp.ts";

/** A cell whose configuration and inputs were checked. */
export interface PlannedCell {
  readonly values: CellValues;
  /** Below the sweep's directory. */
  readonly folder: string;
  /** Of everything that decides its results: a finished cell with the same is not run again. */
  readonly stamp: string;
  readonly config: Config;
}

/** A cell as it is wanted, before it is known to be right. */
export interface WantedCell {
  readonly values: CellValues;
  /** What a person would have written to get it. @throws UsageError */
  written(): UserConfig;
  /** Whether its folder is named after all that decides its results, so that other studies find it there, instead of its values. */
  readonly isSharedRun?: true;
}

/**
 * Resolves every cell and reads its inputs before anything is paid.
 * @param place the directory that the cells share, and the budget that counts over it
 * @param look is shown every cell with what was read for it
 * @returns what can be run, and what cannot
 */
export async function planCells(
  system: System,
  { out, budget }: Pick<Config, "out" | "budget">,
  cells: readonly WantedCell[],
  look: (cell: PlannedCell, ready: ReadyRun) => void = () => {},
): Promise<{ planned: PlannedCell[]; wrong: FailedCell[] }> {
  // What inputs have to say is said when the cell is run.
  const quiet: System = { ...system, stderr: () => {} };
  const planned: PlannedCell[] = [];
  const wrong: FailedCell[] = [];
  for (const { values, written, isSharedRun } of cells) {
    try {
      const ready = await readyRun(quiet, { ...completeConfig(system, withOwnCommands(written())), budget });
      const stamp = runStamp(ready);
      const folder = join("cells", isSharedRun ? stamp : folderOf(values));
      const cell = { values, folder, config: { ...ready.config, out: join(out, folder) }, stamp };
      planned.push(cell);
      look(cell, ready);
      await ready.providers.close();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      wrong.push({ values, error: error.message, where: error.where ?? null });
    }
  }
  return { planned, wrong };
}

/** The cells that lists of values stand for. */
export function cellsOfValues(user: UserConfig, base: Config, cells: readonly CellValues[]): WantedCell[] {
  return cells.map((values) => ({
    values,
    written: () => parseUserConfig(cellConfig(user, base, values), `cell ${shownCell(values)}`),
  }));
}

/** @throws UsageError when two cells would be the same run */
export function refuseSameCells(planned: readonly PlannedCell[]): void {
  const first = new Map<string, PlannedCell>();
  for (const cell of planned) {
    const same = first.get(cell.stamp);
    if (same !== undefined) {
      throw new UsageError(
        `two cells are one and the same run: ${shownCell(same.values)}; ${shownCell(cell.values)}`,
        {
          where: "--vary",
          remedy: "vary keys that change what is computed, and list each value once",
        },
      );
    }
    first.set(cell.stamp, cell);
  }
}

/** A folder's name that tells the values, and does not depend on what else is varied or configured. */
function folderOf(values: CellValues): string {
  const words = Object.entries(values)
    .map(([key, value]) => `${key.split(".").at(-1)}-${shownValue(value)}`)
    .join("_")
    .replace(/[^\w.-]+/g, "-")
    .slice(0, 60);
  return `${words}.${fingerprint(canonicalJson(values), 6)}`;
}

/** A cell as an earlier run left it; `undefined` when it is not finished or was another run. */
export function finishedCell(
  system: System,
  { values, folder, stamp, config }: PlannedCell,
): FinishedCell | undefined {
  const file = join(config.out, RUN_FILES.cell);
  if (!system.exists(file) || !system.exists(join(config.out, RUN_FILES.results))) return undefined;
  if ((parseJson(system, file) as { stamp?: unknown }).stamp !== stamp) return undefined;
  return { values, folder, ...readRun(system, config.out) };
}

/** Says that what lies in the cell's folder is whole, and of what it is the result. */
export function markFinished(
  system: System,
  { values, stamp, config }: PlannedCell,
  mark: Required<Simulated>,
): void {
  system.writeFile(
    join(config.out, RUN_FILES.cell),
    `${JSON.stringify({ version: VERSION, ...mark, values, stamp }, null, 2)}\n`,
  );
}
