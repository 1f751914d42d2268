import { dirname, join } from "node:path";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import type { Simulated } from "../../core/simulated.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";

/** What of a file of scores the simulated model made: where a study of ours wrote it, the record beside it says so. */
export function markBeside(system: System, file: string): Simulated {
  const record = join(dirname(file), RUN_FILES.results);
  if (!system.exists(record)) return { simulated: false };
  const { simulated, simulatedRoles } = parseJson(system, record) as Partial<Simulated>;
  return { simulated: simulated === true, ...(Array.isArray(simulatedRoles) && { simulatedRoles }) };
}
