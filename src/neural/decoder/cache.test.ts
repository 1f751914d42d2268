import { describe, expect, it } from "vitest";
import { RANDOM_CONFIG } from "../../../test/support/random-checkpoint.ts";
import { floatsInNewMemory, memoryOf } from "../../numerics/wasm/shared-memory.ts";
import { cachePool, FOREIGN } from "./cache.ts";

const memory = () => memoryOf(floatsInNewMemory(16))!;

describe("caches", () => {
  it("keep what the next sequence begins with, and no more", () => {
    const pool = cachePool(RANDOM_CONFIG, memory());
    const first = pool.acquire(10, [])!;
    first.tokens.push(1, 2, 3, 4, 5);
    const second = pool.acquire(10, [])!;
    second.tokens.push(1, 2, 9);
    pool.release(first);
    pool.release(second);
    const again = pool.acquire(10, [1, 2, 9, 4])!;
    expect(again).toBe(second);
    expect(again.tokens).toEqual([1, 2, 9]);
    const other = pool.acquire(10, [1, 2, 3])!;
    expect(other).toBe(first);
    expect(other.tokens).toEqual([1, 2, 3]);
  });

  it("share nothing from a soft prompt on", () => {
    const pool = cachePool(RANDOM_CONFIG, memory());
    const cache = pool.acquire(10, [])!;
    cache.tokens.push(7, FOREIGN, 3);
    pool.release(cache);
    expect(pool.acquire(10, [7, FOREIGN, 3])?.tokens).toEqual([7]);
  });

  it("hold at least what is asked for, and wait when the room is used up, but never all of them", () => {
    // One position takes 64 KiB: 512 MiB hold 8,192 of them.
    const large = { ...RANDOM_CONFIG, layers: 16, kvHeads: 8, headDim: 64 };
    const pool = cachePool(large, memory());
    const whole = pool.acquire(8192, [])!;
    expect(whole.capacity).toBe(8192);
    expect(pool.acquire(1, [])).toBeNull();
    pool.release(whole);
    expect(pool.acquire(300, [])).toBe(whole);
    expect(pool.acquire(300, [])).toBeNull();
    const beyond = cachePool(large, memory());
    expect(beyond.acquire(9000, [])?.capacity).toBe(16384);
    expect(beyond.acquire(1, [])).toBeNull();
  });
});
