import fc from "fast-check";
import { expect, test } from "vitest";
import { worldSeeds } from "./world-seeds.ts";

test("are whole numbers below 2^31, distinct, and the first of a longer list", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 300 }), (seed, count) => {
      const seeds = worldSeeds(seed, count);
      expect(new Set(seeds).size).toBe(count);
      for (const s of seeds) expect(Number.isInteger(s) && s >= 0 && s < 2 ** 31).toBe(true);
      expect(worldSeeds(seed, count + 7).slice(0, count)).toEqual(seeds);
    }),
  );
});

test("neighbouring seeds share no world", () => {
  const all = Array.from({ length: 200 }, (_, seed) => worldSeeds(seed, 10)).flat();
  expect(new Set(all).size).toBe(2_000);
});

test("are pinned: a seed means the same worlds on every machine", () => {
  expect(worldSeeds(1, 3)).toEqual(PINNED);
});

const PINNED = [2028331411, 1876519393, 352617274];
