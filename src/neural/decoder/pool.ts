import { type ThreadLane, threadLane } from "../thread-lane.ts";
import { createEngine, type Engine } from "./engine.ts";
import { type Job, promptLength, type ResultOf } from "./jobs.ts";
import { LONGEST } from "./network.ts";
import type { PlacedModel } from "./placed.ts";

/** A network that answers many callers at once. */
export interface DecoderPool {
  /** Positions of a sequence at most, prompt and answer together. */
  readonly longest: number;
  /**
   * Does a job. Its result depends on the job alone, never on the threads or on what else is under way.
   * @throws RangeError for a prompt that is empty or too long, or that names tokens beyond the vocabulary
   */
  run<J extends Job>(job: J): Promise<ResultOf<J>>;
  /**
   * Ends the threads when what is under way is done; a later job starts them again. A pool that has nothing to do never
   * keeps the process alive.
   */
  close(): Promise<void>;
}

/**
 * Opens a pool.
 * @param threads worker threads that share the weights; 0: computes on the calling thread, between its other tasks
 */
export function openDecoderPool(model: PlacedModel, { threads }: { threads: number }): DecoderPool {
  const lanes =
    threads === 0 ? [laneHere(model)] : Array.from({ length: threads }, () => laneInWorker(model));
  const longest = Math.min(model.config.maxPositions, LONGEST);
  return {
    longest,
    async run(job) {
      checkJob(job, model, longest);
      const lane = lanes.reduce((least, other) => (other.load() < least.load() ? other : least));
      return (await lane.run(job)) as ResultOf<typeof job>;
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

type Lane = ThreadLane<Job, unknown>;

function laneHere(model: PlacedModel): Lane {
  let engine: Engine | undefined;
  const pending = new Set<(error: unknown) => void>();
  const turn = (): void => {
    try {
      if (engine?.step()) setImmediate(turn);
    } catch (error) {
      // A broken engine is not used again.
      engine = undefined;
      for (const reject of pending) reject(error);
      pending.clear();
    }
  };
  return {
    load: () => pending.size,
    run: (job) =>
      new Promise((resolve, reject) => {
        engine ??= createEngine(model);
        engine.submit(job, (result) => {
          pending.delete(reject);
          resolve(result);
        });
        if (pending.size === 0) setImmediate(turn);
        pending.add(reject);
      }),
    close: async () => {},
  };
}

function laneInWorker(model: PlacedModel): Lane {
  // Sources and compiled files lie side by side with their own kind.
  const file = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);
  return threadLane(file, { workerData: model }, "the decoder's thread ended before the answer was complete");
}

function checkJob(job: Job, { config }: PlacedModel, longest: number): void {
  const wanted = promptLength(job.prompt, config.hiddenSize);
  const length = wanted + (job.kind === "score" ? job.continuation.length : 0);
  if (!Number.isInteger(wanted)) throw new RangeError("a part of the prompt is not whole rows");
  if (wanted === 0) throw new RangeError("the prompt is empty");
  if (length > longest) throw new RangeError(`${length} tokens do not fit into ${longest} positions`);
  const ids = job.prompt.flatMap((part) => (part instanceof Float32Array ? [] : part));
  const foreign = [...ids, ...(job.kind === "score" ? job.continuation : [])].find(
    (id) => !(Number.isInteger(id) && id >= 0 && id < config.vocabSize),
  );
  if (foreign !== undefined) throw new RangeError(`token ${foreign} is not one of ${config.vocabSize}`);
}
