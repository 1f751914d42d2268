import type { Guards } from "../../src/providers/decorators/guarded.ts";
import { trafficLimiter } from "../../src/providers/decorators/limiter.ts";
import { usageMeter } from "../../src/providers/decorators/metered.ts";
import { sharedServer } from "../../src/providers/decorators/server.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { fastClock } from "./fast-clock.ts";

/** All guards of a model on a server of its own, with waits a hundred times shorter than in a run. */
export function serverGuards(
  concurrency: number,
  patienceMs?: number,
): Pick<Guards, "store" | "meter" | "limiter" | "retries"> {
  const clock = fastClock(100);
  const server = sharedServer({ name: "http://server", clock, random: Math.random, tell: () => {} });
  return {
    store: memoryStore(),
    meter: usageMeter(),
    limiter: trafficLimiter({ concurrency, patienceMs }, clock, undefined, server),
    retries: { clock, random: Math.random },
  };
}
