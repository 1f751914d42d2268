import { announceRun } from "../../cluster/runs.ts";
import { trafficLeasesOf } from "../../cluster/traffic-leases.ts";
import type { Config } from "../../core/config/resolved.ts";
import { StoppedError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import { VERSION } from "../../core/version.ts";
import type { Watcher } from "../../core/watch.ts";
import { writeConfig } from "../../run-folder/run-directory.ts";
import { beginRun, readyRun } from "../compose.ts";
import { executeRun, resumable } from "../execute-run.ts";
import { keeper } from "../keeper.ts";
import { runStamp } from "../run-stamp.ts";
import { promptsPrint } from "./open-cluster.ts";
import { phaseDone, tryAgain } from "./phase-done.ts";
import { doPhases, jobOfRun } from "./phases.ts";
import { inSharedPlace } from "./shared-place.ts";
import { travellingConfig } from "./travelling-config.ts";
import { watching } from "./watch-jobs.ts";

/**
 * Has workers make all calls of a run, and then carries it out itself: what is in the log is not asked again, and what is
 * missing there is paid for here. Killed, the same command goes on; started twice, both end with the same results.
 * @param url of the database; its password is shown nowhere
 * @throws UsageError for a run that cannot be shared; ApmError when jobs were given up; StoppedError at the budget's end
 */
export function coordinate(
  system: System,
  config: Config,
  url: string,
  watcher: Watcher,
): Promise<{ results: Results; storedCalls: number }> {
  const travelling = travellingConfig(config);
  return inSharedPlace(system, url, config, async (shared) => {
    const { cluster, place } = shared;
    const { store } = place;
    const ready = await readyRun(system, config, {
      traffic: { leases: trafficLeasesOf(cluster.db), limiters: keeper() },
    });
    try {
      const id = runStamp(ready);
      const { place: budgeted, rest } = await shared.budgeted(id);
      const run = { ...beginRun(ready, budgeted), close: async () => store.flush() };
      const setup = { ...run.setup, observe: () => {}, sink: { user: () => {}, sample: () => {} } };
      await announceRun(cluster.db, { id, version: VERSION, prompts: promptsPrint(), config: travelling });
      writeConfig(system, config.out, config);
      const { observe, end } = watching(system, config, watcher, store);
      try {
        await tryAgain(cluster, id, observe);
        await doPhases(jobOfRun(id), setup, (name, jobs) =>
          phaseDone(system, cluster, store, { id, url, name, jobs }, observe),
        );
        await store.pull();
        end("finished");
      } catch (error) {
        end("failed");
        throw error instanceof StoppedError ? resumable(error, config.out) : error;
      }
      const finished = await executeRun(system, run, watcher);
      await rest();
      return finished;
    } finally {
      await ready.providers.close();
    }
  });
}
