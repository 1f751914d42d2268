import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { StoppedError } from "../core/errors.ts";
import type { Observer } from "../core/events.ts";
import type { System } from "../core/ports/system.ts";
import type { Results } from "../core/run-record.ts";
import { markedLines, simulatedIn } from "../core/simulated.ts";
import { VERSION } from "../core/version.ts";
import type { Watcher } from "../core/watch.ts";
import { runBenchmark } from "../pipeline/run.ts";
import { progressFile } from "../run-folder/progress-file.ts";
import { RUN_FILES, writeConfig } from "../run-folder/run-directory.ts";
import type { OpenRun } from "./compose.ts";
import { smallHeaps } from "./heap-space.ts";
import { writeResults } from "./write-reports.ts";

/**
 * Carries out a run in its directory and writes its files. Whatever happens, completed calls are stored; results
 * appear only when they are whole.
 */
export async function executeRun(
  system: System,
  run: OpenRun,
  watcher: Watcher,
): Promise<{ results: Results; storedCalls: number }> {
  const { config } = run;
  const startedAt = new Date();
  const before = { wall: performance.now(), cpu: process.cpuUsage() };
  const progress = watcher(run.totals);
  writeConfig(system, config.out, config);
  const mark = simulatedIn({ ...run.setup.models, embedder: run.setup.embedder });
  const lines = {
    users: markedLines(system.openLines(join(config.out, RUN_FILES.users)), mark),
    samples: markedLines(system.openLines(join(config.out, RUN_FILES.samples)), mark),
  };
  const flush = (): void => {
    for (const writer of Object.values(lines)) writer.flush();
  };
  const live = progressFile(system, join(config.out, RUN_FILES.progress), run.totals, flush, mark);
  const heaps = smallHeaps();
  const observe: Observer = (event) => {
    heaps.look();
    progress.observe(event);
    live.observe(event);
  };
  run.listen(observe);
  try {
    const stored = run.store.countCalls();
    if (stored > 0) observe({ type: "note", message: `continuing with ${stored} stored calls` });
    const outcome = await runBenchmark({
      ...run.setup,
      observe,
      sink: {
        user: (record) => lines.users.write(record),
        sample: (record) => lines.samples.write(record),
        file: (path, bytes) => system.writeFile(join(config.out, path), bytes),
      },
    });
    progress.end();
    const { submission } = run;
    const results: Results = {
      ...outcome,
      version: VERSION,
      usage: run.usage(),
      ...(submission && { submission }),
    };
    run.store.flush();
    for (const writer of Object.values(lines)) writer.close();
    await writeResults(system, config.out, results);
    live.end("finished");
    const cpu = process.cpuUsage(before.cpu);
    const storedCalls = run.store.countCalls();
    system.writeFile(
      join(config.out, RUN_FILES.run),
      `${JSON.stringify(
        {
          version: VERSION,
          ...mark,
          node: process.versions.node,
          startedAt: startedAt.toISOString(),
          wallSeconds: (performance.now() - before.wall) / 1000,
          userSeconds: cpu.user / 1e6,
          systemSeconds: cpu.system / 1e6,
          peakResidentBytes: process.resourceUsage().maxRSS * 1024,
          storedCalls,
        },
        null,
        2,
      )}\n`,
    );
    return { results, storedCalls };
  } catch (error) {
    progress.end();
    live.end("failed");
    for (const writer of Object.values(lines)) writer.discard();
    await run.drain();
    throw error instanceof StoppedError ? resumable(error, config.out) : error;
  } finally {
    heaps.end();
    await run.close();
  }
}

/** A stop that says how to go on. */
export function resumable(error: StoppedError, out: string): StoppedError {
  return new StoppedError(error.message, {
    where: error.where ?? out,
    remedy:
      error.remedy ?? "run the same command again to continue: completed calls are stored and not repeated",
    cause: error,
  });
}
