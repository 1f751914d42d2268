import type { Clock } from "../../src/core/ports/clock.ts";
import { systemClock } from "../../src/providers/decorators/system-clock.ts";

/** Real time that passes a number of times faster: waits between tries are short, their order is as ever. */
export function fastClock(times: number): Clock {
  return {
    now: () => systemClock.now() * times,
    after: (ms, task) => systemClock.after(ms / times, task),
  };
}
