import type { SharedRun } from "../../cluster/runs.ts";
import { UsageError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import type { WorkerSettings } from "./travelling-config.ts";
import type { WorkerLines } from "./worker-lines.ts";
import type { SharedPlace, WorkerPart } from "./worker-part.ts";
import { checkVersion, type JoinedRun, joinRun } from "./worker-runs.ts";

/** The runs that this worker takes part in, each joined when it is first met, and told of once where it cannot be. */
export function joinedRuns(
  system: System,
  place: SharedPlace,
  settings: WorkerSettings,
  lines: WorkerLines,
  partOf: (run: string) => Promise<WorkerPart>,
) {
  const known = new Map<string, Promise<JoinedRun | undefined>>();
  const opened: JoinedRun[] = [];
  return {
    calls: () => opened.reduce((sum, run) => sum + run.calls(), 0),
    joined(run: SharedRun): Promise<JoinedRun | undefined> {
      const joined =
        known.get(run.id) ??
        (async () => {
          try {
            checkVersion(run);
            const made = await joinRun(system, run, settings, place, await partOf(run.id));
            await place.store.pull();
            opened.push(made);
            lines.note(`takes part in run ${run.id}`);
            return made;
          } catch (error) {
            if (!(error instanceof UsageError) || known.size <= 1) throw error;
            lines.note(`${error.message} (${error.remedy ?? ""})`);
            return undefined;
          }
        })();
      known.set(run.id, joined);
      return joined;
    },
    async close() {
      await Promise.all(opened.map((run) => run.close()));
    },
  };
}
