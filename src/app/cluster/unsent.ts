import { join, resolve } from "node:path";
import type { SharedStore } from "../../cluster/shared-store.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { openMergeSource } from "../../store/merge-source.ts";

/** How far the calls of a worker's folder are in a log. */
interface SentNote {
  readonly log: string;
  /** So many, in the order in which they were stored. */
  readonly calls: number;
  /** All of them, and the artifacts: the worker has left in good order. */
  readonly isAll: boolean;
}

const FILE = "sent.json";
/** Counted and read rows may differ by some that are damaged. */
const MARGIN = 1_000;

/**
 * Keeps in a worker's folder what of its store the log holds. A worker that is killed leaves answers there that it has not sent;
 * one that goes on in the same folder would find them, ask nothing, and call a job done whose calls the log lacks.
 * @param out the folder
 * @param log which log it is
 */
export function sentNotes(system: System, out: string, log: string, store: SharedStore) {
  const path = join(out, FILE);
  /** Where it fails, as on a full disk, the old note has calls sent once more, which harms nothing. */
  const write = (note: Omit<SentNote, "log">): void => {
    try {
      system.writeFile(path, JSON.stringify({ log, ...note }));
    } catch {}
  };
  const sent = (): number => {
    const note = system.exists(path) ? (parseJson(system, path) as SentNote) : undefined;
    if (note?.log !== log) return 0;
    return note.isAll && note.calls === store.countCalls() ? note.calls : Math.max(0, note.calls - MARGIN);
  };
  return {
    /** Sends what an earlier process of the folder has not. @param told before that, of about how many calls it may be */
    async recover(told: (calls: number) => void): Promise<void> {
      const all = store.countCalls();
      let before = sent();
      write({ calls: before, isAll: false }); // until this worker has left in good order, too
      if (before >= all) return;
      told(all - before);
      const source = openMergeSource(resolve(system.cwd, out, RUN_FILES.store), () => {});
      try {
        for (const calls of source.calls()) {
          for (const { key, call } of calls.slice(before)) store.putCall(key, call);
          before = Math.max(0, before - calls.length);
          await store.settled();
        }
        for (const { kind, key, bytes } of source.artifacts()) store.putArtifact(kind, key, bytes);
        await store.settled();
      } finally {
        source.close();
      }
      write({ calls: all, isAll: false });
    },
    /** To be called when a job is done. */
    look(): void {
      if (store.traffic.waiting === 0) write({ calls: store.countCalls(), isAll: false });
    },
    /** To be called once everything is sent and nothing comes any more. */
    end: (): void => write({ calls: store.countCalls(), isAll: true }),
  };
}
