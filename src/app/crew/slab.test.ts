import fc from "fast-check";
import { expect, test } from "vitest";
import { slab } from "./slab.ts";

test("pieces stay as they were, begin where any number may, and most of them share their memory", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 2 }), (pieces) => {
      const keep = slab();
      const kept = pieces.map((piece) => keep(piece));
      expect(kept.map((piece) => [...piece])).toEqual(pieces.map((piece) => [...piece]));
      expect(kept.every(({ byteOffset }) => byteOffset % 8 === 0)).toBe(true);
      expect(new Set(kept.filter(({ length }) => length > 0).map(({ buffer }) => buffer)).size).toBeLessThan(
        2,
      );
    }),
  );
  const large = new Uint8Array(2 ** 23).fill(7);
  expect(slab()(large)).toEqual(large);
});
