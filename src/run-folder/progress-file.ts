import { hostname } from "node:os";
import type { Observer } from "../core/events.ts";
import type { System } from "../core/ports/system.ts";
import type { Simulated } from "../core/simulated.ts";
import type { LiveTotals } from "../core/watch.ts";
import type { ProgressRecord } from "./progress-record.ts";

/** Often enough to look alive, seldom enough to cost nothing. */
const EVERY_MS = 500;
const NOTES = 20;

/**
 * Keeps a small file up to date that tells other processes how far a run is: `apm-bench view` follows it.
 * @param beforeWrite called before each writing, so that what the file tells of is on disk too
 * @param mark what comes from the simulated model
 */
export function progressFile(
  system: Pick<System, "writeFile">,
  path: string,
  totals: () => LiveTotals,
  beforeWrite: () => void,
  mark: Simulated = { simulated: false },
): { observe: Observer; end(state: "finished" | "failed"): void } {
  const startedAt = new Date().toISOString();
  const stages: { stage: string; done: number; total: number }[] = [];
  const notes: string[] = [];
  let waiting: ProgressRecord["waiting"];
  let jobs: ProgressRecord["jobs"];
  let writtenAt = 0;
  const write = (state: ProgressRecord["state"]): void => {
    writtenAt = Date.now();
    beforeWrite();
    const updatedAt = new Date(writtenAt).toISOString();
    const record: ProgressRecord = {
      state,
      pid: process.pid,
      host: hostname(),
      startedAt,
      updatedAt,
      stages,
      totals: totals(),
      notes,
      ...mark,
      ...(waiting === undefined ? {} : { waiting }),
      ...(jobs === undefined ? {} : { jobs }),
    };
    system.writeFile(path, `${JSON.stringify(record)}\n`);
  };
  write("running");
  return {
    observe(event) {
      switch (event.type) {
        case "stage":
          stages.push({ stage: event.stage, done: 0, total: event.total });
          break;
        case "note":
          notes.splice(0, Math.max(0, notes.length + 1 - NOTES), event.message);
          break;
        case "progress": {
          const stage = stages.findLast((s) => s.stage === event.stage);
          if (stage !== undefined) stage.done += event.done;
          waiting = undefined;
          break;
        }
        case "waiting": {
          const { type: _, ...what } = event;
          waiting = what;
          break;
        }
        case "jobs": {
          const { type: _, ...state } = event;
          jobs = state;
          break;
        }
        case "answering":
          waiting = undefined;
      }
      // A slow model may leave nothing to tell for minutes after a stage has begun.
      if (event.type === "stage" || Date.now() - writtenAt >= EVERY_MS) write("running");
    },
    end(state) {
      try {
        write(state);
      } catch (error) {
        // What made the run fail (a full disk, say) may forbid this too, and is what its user must hear of.
        if (state === "finished") throw error;
      }
    },
  };
}
