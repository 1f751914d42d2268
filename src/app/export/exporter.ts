import type { System } from "../../core/ports/system.ts";
import type { Watcher } from "../../core/watch.ts";
import type { ExportedRun } from "../../exports/records.ts";

/** A run that is to be exported, with its folder. */
export interface RunFolder extends ExportedRun {
  readonly dir: string;
}

/** What an export wrote, and what it left out and why. */
export interface Exported {
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** How a format is written: from a run, into a folder. */
export type Exporter = (system: System, run: RunFolder, out: string, watcher: Watcher) => Promise<Exported>;
