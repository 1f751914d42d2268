import { dirname, join } from "node:path";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";

/** Whether a file of scores was made by a study of ours on the simulated model: the record beside it says so. */
export function isFromSimulation(system: System, file: string): boolean {
  const record = join(dirname(file), RUN_FILES.results);
  return system.exists(record) && (parseJson(system, record) as { simulated?: unknown }).simulated === true;
}
