import { join } from "node:path";
import type { System } from "../../core/ports/system.ts";
import { simulatedWords } from "../../core/simulated.ts";
import type { Watcher } from "../../core/watch.ts";
import { candidateTables, type ExportTable, sampleTables, userTable } from "../../exports/parquet.ts";
import { parquetTable } from "../../parquet/write.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import type { Exported, RunFolder } from "./exporter.ts";
import { storedCandidates } from "./stored-candidates.ts";

/**
 * A run as Parquet: users, samples and scores from its files; candidates and ratings, which no file holds, from its store.
 */
export async function exportParquet(
  system: System,
  run: RunFolder,
  out: string,
  watcher: Watcher,
): Promise<Exported> {
  const { results, dir } = run;
  const write = <Source>(tables: readonly ExportTable<Source>[], sources: Iterable<Source>): string[] =>
    writeTables(system, out, tables, sources, simulatedWords(results));
  const files = [...write([userTable(results)], run.users), ...write(sampleTables(results), run.samples())];
  if (!system.exists(join(dir, RUN_FILES.store))) {
    const why = `the store of the run, ${RUN_FILES.store}, is not there`;
    return { files, notes: [`candidates and ratings are left out: ${why}`] };
  }
  return {
    files: [...files, ...write(candidateTables(results), await storedCandidates(system, run, watcher))],
    notes: [],
  };
}

function writeTables<Source>(
  system: System,
  out: string,
  tables: readonly ExportTable<Source>[],
  sources: Iterable<Source>,
  words: string,
): string[] {
  const about: Record<string, string> = words === "" ? {} : { simulated: words };
  const open = tables.map((table) => {
    const file = join(out, `${table.name}.parquet`);
    return { table, file, writer: parquetTable(system.createFile(file), table.columns, { about }) };
  });
  try {
    for (const source of sources) {
      for (const { table, writer } of open) for (const row of table.rows(source)) writer.write(row);
    }
  } catch (error) {
    for (const { writer } of open) writer.discard();
    throw error;
  }
  for (const { writer } of open) writer.close();
  return open.map(({ file }) => file);
}
