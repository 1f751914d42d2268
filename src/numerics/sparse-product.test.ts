import fc from "fast-check";
import { expect, test } from "vitest";
import { rngOf, rootKey } from "../core/random.ts";
import { placed } from "./csr-room.ts";
import { type Csr, fromDense, multiply } from "./sparse.ts";
import { sparseProduct } from "./sparse-product.ts";

/** Every third number or so of a matrix, the others left out; rows may be empty. */
function thinned({ rows, columns, offsets, indices, values }: Csr, keep: (at: number) => boolean): Csr {
  const kept = [...indices.keys()].filter(keep);
  return {
    ...{ rows, columns },
    offsets: offsets.map((end) => kept.filter((at) => at < end).length),
    indices: Uint32Array.from(kept, (at) => indices[at] as number),
    values: Float32Array.from(kept, (at) => values[at] as number),
  };
}

test("a product is that of a plain loop, to the bit, for any widths in turn", () => {
  const sizes = fc.record({
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 1, max: 40 }),
    widths: fc.array(fc.integer({ min: 1, max: 44 }), { minLength: 1, maxLength: 3 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(sizes, ({ rows, columns, widths, seed }) => {
      const rng = rngOf(rootKey(seed));
      const numbers = (count: number): number[] =>
        Array.from({ length: count }, () => rng.normal() * 10 ** rng.int(6));
      const dense = Array.from({ length: rows }, () => numbers(columns));
      const x = thinned(fromDense(dense, columns), () => rng.uniform() < 0.4);
      const isPlaced = rng.uniform() < 0.5;
      const product = sparseProduct(() => (isPlaced ? placed(x) : x), 0);
      for (const width of widths) {
        const right = Float64Array.from(numbers(columns * width));
        const [found, expected] = [new Float64Array(rows * width).fill(9), new Float64Array(rows * width)];
        product.multiply(right, width, found);
        multiply(x, right, width, expected);
        expect(found).toEqual(expected);
      }
    }),
    { numRuns: 80 },
  );
});
