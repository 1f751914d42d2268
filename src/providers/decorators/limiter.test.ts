import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ask, failing, scriptedModel } from "../../../test/contracts/scripted-model.ts";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import { StoppedError } from "../../core/errors.ts";
import { chatLoad, limited } from "./limited.ts";
import { type TrafficLimits, trafficLimiter } from "./limiter.ts";

/** A limiter on a virtual clock, with tasks of a set length that keep a diary. */
function setUp(limits: TrafficLimits, signal?: AbortSignal) {
  const clock = virtualClock();
  const limiter = trafficLimiter(limits, clock, signal);
  const starts: number[] = [];
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const task = async (i: number, ms: number, tokens = 0, used = tokens): Promise<void> => {
    await limiter.run(
      tokens,
      async () => {
        starts.push(clock.now());
        order.push(i);
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => clock.after(ms, resolve));
        running--;
      },
      () => used,
    );
  };
  return { clock, limiter, starts, order, task, most: () => most };
}

/** The most events in any window of `width`. */
function mostWithin(
  times: readonly number[],
  width: number,
  weight: (i: number) => number = () => 1,
): number {
  let most = 0;
  for (let from = 0; from < times.length; from++) {
    let sum = 0;
    for (let i = from; i < times.length && (times[i] as number) < (times[from] as number) + width; i++) {
      sum += weight(i);
    }
    most = Math.max(most, sum);
  }
  return most;
}

describe("concurrency", () => {
  it("is used fully, never exceeded, first come first served", async () => {
    const { clock, order, task, most } = setUp({ concurrency: 3 });
    const all = Promise.all(Array.from({ length: 20 }, (_, i) => task(i, 10 + ((i * 7) % 5))));
    await clock.until(all);
    expect(most()).toBe(3);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it("halves once per generation of overload, and climbs back with success", async () => {
    const clock = virtualClock();
    const limiter = trafficLimiter({ concurrency: 32 }, clock);
    const fail = () =>
      limiter.run(0, async () => {
        await new Promise<void>((resolve) => clock.after(5, resolve));
        throw failing("transient", 429);
      });
    await clock.until(Promise.allSettled(Array.from({ length: 32 }, fail)));
    expect(limiter.allowed()).toBe(16);
    await clock.until(Promise.allSettled(Array.from({ length: 16 }, fail)));
    expect(limiter.allowed()).toBe(8);
    const succeed = () => limiter.run(0, async () => {});
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 8 }, succeed));
    expect(limiter.allowed()).toBeGreaterThan(12);
    for (let i = 0; i < 1000; i++) await succeed();
    expect(limiter.allowed()).toBe(32);
  });

  it("stays as it is for failures that are no sign of overload", async () => {
    const limiter = trafficLimiter({ concurrency: 8 }, virtualClock());
    for (const error of [failing("transient", 500), failing("request", 400), failing("transient")]) {
      await expect(limiter.run(0, () => Promise.reject(error))).rejects.toBe(error);
    }
    expect(limiter.allowed()).toBe(8);
  });

  it("rejects what waits when no call can succeed", async () => {
    const { clock, limiter, order, task } = setUp({ concurrency: 1, requestsPerMinute: 1 });
    const fatal = failing("fatal", 401);
    const outcomes = Promise.allSettled([limiter.run(0, () => Promise.reject(fatal)), task(1, 1)]);
    await clock.advance(1);
    expect(await outcomes).toEqual([1, 2].map(() => ({ status: "rejected", reason: fatal })));
    expect(order).toEqual([]);
  });

  it("rests while the server has asked for rest", async () => {
    const { clock, limiter, starts, task } = setUp({ concurrency: 4 });
    await limiter.run(0, () => Promise.reject(failing("transient", 429, 7000))).catch(() => {});
    const all = Promise.all([task(0, 1), task(1, 1)]);
    await clock.advance(6999);
    expect(starts).toEqual([]);
    await clock.until(all);
    expect(starts).toEqual([7000, 7000]);
  });
});

describe("pace", () => {
  it("starts no more requests in any minute than allowed, and nearly as many", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (requestsPerMinute) => {
        const { clock, starts, task } = setUp({ concurrency: 1000, requestsPerMinute });
        const n = 3 * requestsPerMinute;
        await clock.until(Promise.all(Array.from({ length: n }, (_, i) => task(i, 1))));
        expect(mostWithin(starts, 60_000)).toBeLessThanOrEqual(requestsPerMinute);
        expect(starts.at(-1)).toBeLessThan(60_000 * 3.2);
      }),
      { numRuns: 15 },
    );
  });

  it("keeps the tokens of any minute to the limit, also when forecasts were too low", async () => {
    const tokensPerMinute = 6000;
    const { clock, starts, task } = setUp({ concurrency: 50, tokensPerMinute });
    await clock.until(Promise.all(Array.from({ length: 200 }, (_, i) => task(i, 1, 50, 100))));
    // Calls that were in flight before the first result was known are the slack of a forecast.
    expect(mostWithin(starts, 60_000, () => 100)).toBeLessThanOrEqual(tokensPerMinute * 1.05);
    expect(starts.at(-1)).toBeLessThan(215_000);
  });
});

describe("stopping", () => {
  it("rejects what waits and lets what is in flight end", async () => {
    const stop = new AbortController();
    const { clock, task, order } = setUp({ concurrency: 1 }, stop.signal);
    const outcomes = Promise.allSettled([task(0, 10), task(1, 10)]);
    await clock.advance(1);
    stop.abort(new StoppedError("stopped by the user"));
    await clock.advance(20);
    expect((await outcomes).map((o) => o.status)).toEqual(["fulfilled", "rejected"]);
    await expect(task(2, 1)).rejects.toThrow("stopped by the user");
    expect(order).toEqual([0]);
  });
});

it("limited calls pass results and failures through", async () => {
  const inner = scriptedModel((_, call) => (call === 1 ? {} : failing("request", 400)));
  const call = limited([inner.generate], trafficLimiter({ concurrency: 2 }, virtualClock()), chatLoad());
  expect((await call(ask("a"))).text).toBe("answer to a#0");
  await expect(call(ask("b"))).rejects.toThrow("failed 400");
});
