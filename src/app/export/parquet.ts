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
  const { results } = run;
  const words = simulatedWords(results);
  const write = <Source>(
    tables: readonly ExportTable<Source>[],
    feed: (take: (source: Source) => void) => void | Promise<void>,
  ): Promise<string[]> => writeTables(system, out, tables, words, feed);
  const files = [
    ...(await write([userTable(results)], (take) => run.users.forEach(take))),
    ...(await write(sampleTables(results), (take) => {
      for (const sample of run.samples()) take(sample);
    })),
  ];
  const why = withoutCandidates(system, run);
  if (why !== undefined) return { files, notes: [`candidates and ratings are left out: ${why}`] };
  const rated = await write(candidateTables(results), (take) => storedCandidates(system, run, watcher, take));
  return { files: [...files, ...rated], notes: [] };
}

/** Why a run's candidates cannot be had from its folder. */
function withoutCandidates(system: System, { dir, results }: RunFolder): string | undefined {
  if (results.config.bundle !== undefined)
    return "the run stands on a frozen set, which holds them as Parquet";
  if (!system.exists(join(dir, RUN_FILES.store)))
    return `the store of the run, ${RUN_FILES.store}, is not there`;
  return undefined;
}

/** Writes tables of the same sources side by side, a row group in memory each. @returns their files */
async function writeTables<Source>(
  system: System,
  out: string,
  tables: readonly ExportTable<Source>[],
  words: string,
  feed: (take: (source: Source) => void) => void | Promise<void>,
): Promise<string[]> {
  const about: Record<string, string> = words === "" ? {} : { simulated: words };
  const open = tables.map((table) => {
    const file = join(out, `${table.name}.parquet`);
    return { table, file, writer: parquetTable(system.createFile(file), table.columns, { about }) };
  });
  try {
    await feed((source) => {
      for (const { table, writer } of open) for (const row of table.rows(source)) writer.write(row);
    });
  } catch (error) {
    for (const { writer } of open) writer.discard();
    throw error;
  }
  for (const { writer } of open) writer.close();
  return open.map(({ file }) => file);
}
