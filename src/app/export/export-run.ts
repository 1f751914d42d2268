import { dirname, join } from "node:path";
import { parseJson } from "../../core/json-file.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import type { System } from "../../core/ports/system.ts";
import type { UserRecord } from "../../core/run-record.ts";
import type { Watcher } from "../../core/watch.ts";
import { type ExportedRun, userLine } from "../../exports/records.ts";
import { providerOf } from "../../providers/registry.ts";
import { RUN_FILES, readResults } from "../../run-folder/run-directory.ts";
import { storedSamples, storedUsers } from "../../studies/rejudge/stored.ts";
import type { Exported, Exporter, RunFolder } from "./exporter.ts";

/** The formats by name, each loaded when it is asked for. */
const FORMATS = {
  parquet: async () => (await import("./parquet.ts")).exportParquet,
  "every-eval-ever": async () => (await import("./every-eval-ever.ts")).exportEveryEvalEver,
  inspect: async () => (await import("./inspect.ts")).exportInspect,
} as const satisfies Record<string, () => Promise<Exporter>>;
export type ExportFormat = keyof typeof FORMATS;

/**
 * Writes a finished run in a form that other tools read; no model is asked.
 * @param path the run directory, or the record in it
 * @param out folder to write to; `exports/FORMAT` in the run directory when not given
 * @throws UsageError or ApmError for a run that is not finished or whose files are not whole
 */
export async function exportRun(
  system: System,
  path: string,
  { format, out }: { readonly format: ExportFormat; readonly out?: string | undefined },
  watcher: Watcher,
): Promise<Exported & { readonly out: string }> {
  const run = runFolder(system, path);
  const write: Exporter = await FORMATS[format]();
  const folder = out ?? join(run.dir, "exports", format);
  return { out: folder, ...(await write(system, run, folder, watcher)) };
}

function runFolder(system: System, path: string): RunFolder {
  const results = readResults(system, path);
  const dir = path.endsWith(".json") ? dirname(path) : path;
  const [usersFile, samplesFile] = [join(dir, RUN_FILES.users), join(dir, RUN_FILES.samples)];
  const users: UserRecord[] = [...parseJsonl(system.readLines(usersFile), usersFile, userLine)];
  const known = storedUsers(system.readLines(usersFile), usersFile);
  return {
    ...{ dir, results, users },
    // What costs nothing is what no server computes.
    inProcess: (model) => providerOf(model).free,
    samples: () => storedSamples(system.readLines(samplesFile), samplesFile, results, known),
    ...timingOf(system, join(dir, RUN_FILES.run)),
  };
}

/** When the run was carried out; the epoch where the file that tells it is not there. */
function timingOf(system: System, file: string): Pick<ExportedRun, "startedAt" | "seconds"> {
  const told = system.exists(file) ? (parseJson(system, file) as Record<string, unknown>) : {};
  const startedAt = new Date(typeof told.startedAt === "string" ? told.startedAt : 0);
  const seconds = typeof told.wallSeconds === "number" ? told.wallSeconds : 0;
  return { startedAt: Number.isNaN(startedAt.getTime()) ? new Date(0) : startedAt, seconds };
}
