/**
 * Runs `task` over `items` with at most `limit` at a time, pulling lazily: memory does not grow with the number of
 * items. Results keep the order of the items. The first error stops the pulling, waits for what is in flight
 * (so that nothing already paid for is lost), and is then thrown.
 * @param limit at least 1
 */
export async function mapConcurrent<T, R>(
  items: Iterable<T>,
  limit: number,
  task: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  await forEachConcurrent(items, limit, async (item, index) => {
    results[index] = await task(item, index);
  });
  return results;
}

/** As `mapConcurrent`, for tasks whose results are not collected. */
export async function forEachConcurrent<T>(
  items: Iterable<T>,
  limit: number,
  task: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let next = 0;
  let failed = false;
  let failure: unknown;
  const worker = async (): Promise<void> => {
    while (!failed) {
      const step = iterator.next();
      if (step.done) return;
      try {
        await task(step.value, next++);
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
      await breathe();
    }
  };
  const wanted = Array.isArray(items) ? Math.min(limit, items.length) : limit;
  await Promise.all(Array.from({ length: Math.max(1, wanted) }, worker));
  if (failed) throw failure;
}

let lastBreath = 0;
let breath: Promise<void> | undefined;

/**
 * Models that answer at once never leave the microtask queue; this lets timers, signals and store flushes in, about
 * every 25 ms. All workers wait for the same turn. It decides when work is done, never what is computed.
 */
async function breathe(): Promise<void> {
  if (breath === undefined && performance.now() - lastBreath > 25) {
    breath = new Promise((resolve) =>
      setImmediate(() => {
        lastBreath = performance.now();
        breath = undefined;
        resolve();
      }),
    );
  }
  await breath;
}
