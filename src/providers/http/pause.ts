import type { Clock } from "../../core/ports/clock.ts";

/** Waits. @throws the signal's reason, as soon as a stop is asked for */
export function pause(ms: number, clock: Clock, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stop.aborted) {
      reject(stop.reason);
      return;
    }
    const end = (): void => {
      cancel();
      reject(stop.reason);
    };
    const cancel = clock.after(ms, () => {
      stop.removeEventListener("abort", end);
      resolve();
    });
    stop.addEventListener("abort", end, { once: true });
  });
}
