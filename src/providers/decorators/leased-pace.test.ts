import { expect, it } from "vitest";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import type { TrafficLeases } from "../../core/ports/traffic-leases.ts";
import { trafficLimiter } from "./limiter.ts";

/** Leases of 5 units a second, and what was settled. */
function setUp(wait = 1_000) {
  const clock = virtualClock();
  let given = 0;
  let freeAt = 0;
  const settled = new Map<string, number>();
  const leases: TrafficLeases = {
    async take(_, __, least, most) {
      if (clock.now() < freeAt) return { waitMs: freeAt - clock.now() };
      freeAt = clock.now() + wait;
      return { id: `${given++}`, units: Math.max(least, Math.min(most, 5)) };
    },
    settle: async (id, used) => void settled.set(id, used),
  };
  return { clock, leases, settled, given: () => given };
}

it("begins calls with leases alone, and asks for as much as can be used", async () => {
  const { clock, leases, settled, given } = setUp();
  const limits = { concurrency: 100, requestsPerMinute: 300, leases: { leases, name: "m" } };
  const limiter = trafficLimiter(limits, clock);
  const starts: number[] = [];
  const call = (): Promise<void> => limiter.run(0, async () => void starts.push(clock.now()));
  await clock.until(Promise.all(Array.from({ length: 12 }, call)));
  expect(starts).toEqual([...Array(5).fill(0), ...Array(5).fill(1_000), ...Array(2).fill(2_000)]);
  expect(given()).toBe(3);
  await clock.advance(10_000);
  expect(settled.size).toBe(0); // all of each was used
});

it("gives back what is not used within two seconds, and what its calls have not taken once they have ended", async () => {
  const { clock, leases, settled } = setUp();
  const limits = { tokensPerMinute: 300, requestsPerMinute: 300, leases: { leases, name: "m" } };
  const limiter = trafficLimiter({ concurrency: 2, ...limits }, clock);
  const call = (): Promise<void> =>
    limiter.run(
      100,
      () => new Promise<void>((resolve) => clock.after(5_000, resolve)),
      () => 40,
    );
  // Leave for both requests comes before that for their tokens, which comes one by one.
  const both = Promise.all([call(), call()]);
  await clock.advance(4_000);
  expect([...settled.values()].filter((used) => used === 40)).toEqual([]);
  await clock.until(both);
  expect([...settled.values()].filter((used) => used === 40)).toHaveLength(2);
});

it("fails what waits when no lease can be had", async () => {
  const { clock, leases } = setUp();
  const broken: TrafficLeases = { ...leases, take: () => Promise.reject(new Error("the database is gone")) };
  const limiter = trafficLimiter(
    { concurrency: 2, requestsPerMinute: 60, leases: { leases: broken, name: "m" } },
    clock,
  );
  await expect(limiter.run(0, async () => {})).rejects.toThrow("the database is gone");
});

it("asks no more, and keeps no timer, once a stop has let nobody wait", async () => {
  const { clock, leases, settled, given } = setUp(60_000);
  const stop = new AbortController();
  const limits = { concurrency: 100, requestsPerMinute: 300, leases: { leases, name: "m" } };
  const limiter = trafficLimiter(limits, clock, stop.signal);
  let started = 0;
  const calls = Array.from({ length: 9 }, () => limiter.run(0, async () => void started++));
  const outcome = Promise.allSettled(calls);
  await clock.advance(3_000);
  expect([started, given(), clock.pending()]).toEqual([5, 1, 1]);
  stop.abort(new Error("stopped"));
  expect(clock.pending()).toBe(0);
  await clock.advance(120_000);
  expect([started, given(), settled.size]).toEqual([5, 1, 0]);
  expect((await outcome).filter(({ status }) => status === "rejected")).toHaveLength(4);
});
