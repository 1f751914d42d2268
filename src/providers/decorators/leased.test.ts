import { describe, expect, it } from "vitest";
import { failing } from "../../../test/contracts/scripted-model.ts";
import { virtualClock } from "../../../test/contracts/virtual-clock.ts";
import type { Leases } from "../../core/ports/leases.ts";
import type { Spending } from "../../core/ports/store.ts";
import { memoryStore } from "../../store/memory.ts";
import { callBudget } from "./budget.ts";
import { leasedBudget } from "./leased.ts";

/** A budget of calls on one machine, in leases of ten. */
function setUp(calls: number) {
  const clock = virtualClock();
  let left = calls;
  let outstanding = 0;
  const back: Spending[] = [];
  const given: number[] = [];
  const leases: Leases = {
    async take() {
      const part = Math.min(10, left);
      if (part === 0) return undefined;
      left -= part;
      outstanding++;
      given.push(clock.now());
      return { id: `${given.length}`, most: { calls: part, usd: 1 } };
    },
    async giveBack(_id, spent) {
      back.push(spent);
      outstanding--;
    },
    outstanding: async () => outstanding,
  };
  const open = new Set<string>();
  const notes = {
    taken: ({ id }: { id: string }) => void open.add(id),
    ended: (id: string) => void open.delete(id),
  };
  const budget = leasedBudget(callBudget({}, memoryStore()), leases, clock, 60_000, notes);
  const call = (fails?: Error): Promise<number> =>
    budget.run(
      0.01,
      () => (fails === undefined ? Promise.resolve(1) : Promise.reject(fails)),
      () => 0.004,
    );
  return { clock, budget, call, given, back, open };
}

describe("a leased budget", () => {
  it("takes a lease when the one at hand is used up, and says when there is none", async () => {
    const { call, given, back, open } = setUp(25);
    for (let i = 0; i < 25; i++) await call();
    await expect(call()).rejects.toThrow(/budget of all machines/);
    expect(given).toHaveLength(3);
    expect(back.map(({ calls }) => calls)).toEqual([10, 10, 5]);
    expect(back[0]?.usd).toBeCloseTo(0.04);
    expect([...open]).toEqual([]);
  });

  it("leaves a lease well before its end, by its own clock", async () => {
    const { clock, call, given } = setUp(100);
    await call();
    await clock.advance(44_000);
    await call();
    expect(given).toHaveLength(1);
    await clock.advance(2_000);
    await call();
    expect(given).toHaveLength(2);
  });

  it("counts what may be billed with its highest price, and nothing for a refusal", async () => {
    const { budget, call, back } = setUp(100);
    await expect(call(failing("transient", 504))).rejects.toThrow();
    await expect(call(failing("request", 400))).rejects.toThrow();
    await call();
    await budget.rest();
    expect(back.map(({ calls, usd }) => [calls, Number(usd.toFixed(6))])).toEqual([[2, 0.014]]);
  });

  it("holds back what calls in flight may cost", async () => {
    const { budget, back } = setUp(2);
    let answer = (): void => {};
    const slow = budget.run(
      0.01,
      () => new Promise<void>((resolve) => (answer = resolve)),
      () => 0,
    );
    await budget.run(
      0.01,
      async () => {},
      () => 0,
    );
    await new Promise(setImmediate);
    await budget.rest(); // not while a call is in flight
    expect(back).toEqual([]);
    answer();
    await slow;
    await budget.rest();
    expect(back).toHaveLength(1);
  });
});
