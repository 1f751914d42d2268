import { join } from "node:path";
import type { SharedStore } from "../../cluster/shared-store.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { Observer } from "../../core/events.ts";
import type { System } from "../../core/ports/system.ts";
import type { LiveTotals, Watcher } from "../../core/watch.ts";
import { progressFile } from "../../run-folder/progress-file.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";

/** Shows how far the jobs are, on the console and in the run directory. */
export function watching(
  system: System,
  { out }: Pick<Config, "out">,
  watcher: Watcher,
  { traffic }: SharedStore,
): { observe: Observer; end(state: "finished" | "failed"): void } {
  const totals = (): LiveTotals => ({ calls: traffic.pulled, cacheHits: 0, tokens: 0, costUsd: 0 });
  const shown = watcher(totals);
  const file = progressFile(system, join(out, RUN_FILES.progress), totals, () => {});
  return {
    observe(event) {
      shown.observe(event);
      file.observe(event);
    },
    end(state) {
      shown.end();
      if (state === "failed") file.end(state); // a finished one goes on as the run itself
    },
  };
}
