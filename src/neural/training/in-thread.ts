import { Worker } from "node:worker_threads";
import { ApmError } from "../../core/errors.ts";
import type { ThreadOrder, ThreadReport } from "./thread.ts";
import type { TrainedAdapter, TrainingHooks, TrainingJob } from "./train.ts";

export interface ThreadOptions extends Omit<TrainingHooks, "stopped"> {
  /** Threads of jax-js besides the training's own; 0: none. */
  readonly threads: number;
  /** The last checkpoint of the same job. */
  readonly resume?: Uint8Array | undefined;
  /** Ends the training after the step under way and a checkpoint. */
  readonly stop: AbortSignal;
}

/**
 * `trainAdapter` in a thread of its own: the caller's event loop stays free, and the memory of jax-js, which never
 * shrinks, goes when the thread ends.
 * @throws the reason of `stop`, once a checkpoint was made; ApmError when memory does not suffice
 */
export async function trainInThread(job: TrainingJob, options: ThreadOptions): Promise<TrainedAdapter> {
  const { threads, resume, stop } = options;
  stop.throwIfAborted();
  // Sources and compiled files lie side by side with their own kind.
  const file = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);
  const worker = new Worker(file, { workerData: { job, threads, resume } satisfies ThreadOrder });
  const onStop = (): void => worker.postMessage("stop");
  stop.addEventListener("abort", onStop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on("message", (report: ThreadReport) => {
        switch (report.kind) {
          case "progress":
            return options.progress(report.progress);
          case "epoch":
            return options.epoch(report.measures);
          case "checkpoint":
            return options.checkpoint(report.state);
          case "stopped":
            return reject(stop.reason);
          case "done":
            return resolve(report.trained);
        }
      });
      worker.once("error", (error) => reject(explained(error as Error)));
      worker.once("exit", () => reject(new Error("the training's thread ended before the adapter was done")));
    });
  } finally {
    stop.removeEventListener("abort", onStop);
    await worker.terminate();
  }
}

/** WebAssembly addresses 4 GiB, whatever the machine has. */
function explained(error: Error): Error {
  if (!/memory32 limit|out of memory|allocation failed/i.test(error.message)) return error;
  return new ApmError("the training needs more memory than 4 GiB", {
    where: "prompt-optimization",
    remedy:
      "use a smaller checkpoint, smaller steps (option batchSize) or shorter texts (maxPromptTokens, maxAnswerTokens); " +
      "docs/prompt-optimization.md tells what can be trained where",
    cause: error,
  });
}
