import { type Transferable, Worker, type WorkerOptions } from "node:worker_threads";

/** To a thread, and back. */
export interface Order<J> {
  readonly id: number;
  readonly job: J;
}
export interface Reply<R> {
  readonly id: number;
  readonly result: R;
}

/** One worker thread that does jobs, many at a time. */
export interface ThreadLane<J, R> {
  /** Jobs under way. */
  load(): number;
  /** Rejected when the thread breaks down. @param transfer what of the job is handed over without a copy */
  run(job: J, transfer?: readonly Transferable[]): Promise<R>;
  /**
   * Ends the thread when what is under way is done; a later job starts it again. One that has nothing to do never keeps the
   * process alive.
   */
  close(): Promise<void>;
}

/**
 * A lane whose thread is started with its first job.
 * @param file the thread's module: it answers each `Order` with a `Reply`
 * @param ended what those who wait are told when the thread ends by itself
 */
export function threadLane<J, R>(file: URL, options: WorkerOptions, ended: string): ThreadLane<J, R> {
  const pending = new Map<number, { resolve: (result: R) => void; reject: (error: Error) => void }>();
  let worker: Worker | undefined;
  let orders = 0;
  /** Those who wait for the thread's end; while there are any, it ends when it has nothing left to do. */
  let closing: (() => void)[] = [];
  const retire = async (): Promise<void> => {
    const waiting = closing;
    closing = [];
    const idle = worker;
    worker = undefined;
    await idle?.terminate();
    for (const done of waiting) done();
  };
  const settle = (id: number) => {
    const promise = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) worker?.unref();
    if (pending.size === 0 && closing.length > 0) void retire();
    return promise;
  };
  const start = (): Worker => {
    const started = new Worker(file, options);
    const fail = (error: Error): void => {
      if (worker !== started) return;
      worker = undefined;
      for (const id of [...pending.keys()]) settle(id)?.reject(error);
    };
    started.on("message", ({ id, result }: Reply<R>) => settle(id)?.resolve(result));
    started.on("error", fail);
    started.on("exit", () => fail(new Error(ended)));
    return started;
  };
  return {
    load: () => pending.size,
    run: (job, transfer) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        if (pending.size === 0) worker.ref();
        const id = orders++;
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, job } satisfies Order<J>, transfer);
      }),
    close: () =>
      new Promise((resolve) => {
        closing.push(resolve);
        if (pending.size === 0) void retire();
      }),
  };
}
