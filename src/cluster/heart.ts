import { Worker } from "node:worker_threads";
import type { TakenJob } from "../core/ports/job-queue.ts";
import type { SeenWorker } from "./runs.ts";

/** What the thread is told: which jobs are in hand, and what the worker does. */
export interface HeartBeat {
  readonly jobs: readonly TakenJob[];
  readonly worker: SeenWorker;
}
export interface HeartOrder extends HeartBeat {
  readonly url: string;
  readonly where: string;
  readonly version: string;
  /** Of the worker: see `keepPresence`. */
  readonly presence: number;
}

/** A server that is away hears no farewell. */
const FAREWELL_MS = 3_000;

/** Keeps a worker's jobs alive. */
export interface Heart {
  tell(beat: HeartBeat): void;
  stop(): Promise<void>;
}

/**
 * Heartbeats from a thread of their own: fitting a method may hold the main thread for longer than a heartbeat may be late.
 * The thread dies with its process.
 */
export function startHeart(order: HeartOrder): Heart {
  // Sources and compiled files lie side by side with their own kind.
  const name = import.meta.url.endsWith(".ts") ? "./heart-thread.ts" : "./heart-thread.js";
  const thread = new Worker(new URL(name, import.meta.url), { workerData: order });
  const gone = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
  // Without it jobs are handed to others as well, which costs calls and spoils nothing.
  thread.on("error", () => {});
  thread.unref();
  return {
    tell: (beat) => thread.postMessage(beat),
    async stop() {
      thread.postMessage("stop");
      const tooLong = setTimeout(() => void thread.terminate(), FAREWELL_MS);
      await gone;
      clearTimeout(tooLong);
    },
  };
}
