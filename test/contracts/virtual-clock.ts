import type { Clock } from "../../src/core/ports/clock.ts";

/** Time that passes only when told to. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass, running what falls due, in order, and all that follows from it at once. */
  advance(ms: number): Promise<void>;
  /** Lets time pass until `work` is done. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Timers that have not run: each would keep a process alive. */
  pending(): number;
}

const settle = (): Promise<void> => new Promise(setImmediate);

export function virtualClock(): VirtualClock {
  let now = 0;
  let order = 0;
  const timers: { due: number; order: number; task: () => void }[] = [];
  const step = async (limit: number): Promise<boolean> => {
    await settle();
    timers.sort((a, b) => a.due - b.due || a.order - b.order);
    if (timers.length === 0 || (timers[0]?.due as number) > limit) return false;
    const next = timers.shift();
    now = Math.max(now, next?.due as number);
    next?.task();
    return true;
  };
  return {
    now: () => now,
    pending: () => timers.length,
    after(ms, task) {
      const timer = { due: now + ms, order: order++, task };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    async advance(ms) {
      const end = now + ms;
      while (await step(end)) {}
      now = end;
    },
    async until(work) {
      let done = false;
      const end = (): void => {
        done = true;
      };
      work.then(end, end);
      await settle();
      while (!done) {
        const moved = await step(Number.POSITIVE_INFINITY);
        if (!moved && !done) {
          await settle();
          if (!done && timers.length === 0) throw new Error("nothing is left to wait for");
        }
      }
      return work;
    },
  };
}
