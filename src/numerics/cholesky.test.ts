import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../core/random.ts";
import { cholesky, solveCholesky } from "./cholesky.ts";

/** B B' of random entries, by rows of its lower triangle, and as a function of both indices. */
function positive(seed: number, size: number) {
  const rng = rngOf(rootKey(`cholesky ${seed}`));
  const b = Array.from({ length: size }, () => Array.from({ length: size + 2 }, () => rng.normal()));
  const at = (i: number, j: number): number => b[i]!.reduce((sum, v, k) => sum + v * b[j]![k]!, 0);
  const packed = Float64Array.from(b.flatMap((_, i) => Array.from({ length: i + 1 }, (_, j) => at(i, j))));
  return { at, packed };
}

describe("the Cholesky factor", () => {
  it("solves for several right sides at once, with a ridge on the diagonal", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, n, width) => {
          const { at, packed } = positive(seed, n);
          const rng = rngOf(rootKey(`right ${seed}`));
          const right = Float64Array.from({ length: n * width }, () => rng.normal());
          const x = solveCholesky(cholesky(packed, n, 0.5), right, width);
          right.forEach((expected, cell) => {
            const [i, k] = [Math.floor(cell / width), cell % width];
            let sum = 0.5 * x[cell]!;
            for (let j = 0; j < n; j++) sum += at(i, j) * x[j * width + k]!;
            expect(sum).toBeCloseTo(expected, 8);
          });
        },
      ),
    );
  });

  it("does not exist for a matrix that is not positive definite", () => {
    expect(() => cholesky(Float64Array.of(1, 2, 1), 2)).toThrow(RangeError);
    expect(() => cholesky(Float64Array.of(1, 1, 1), 2)).toThrow(RangeError);
    expect(cholesky(Float64Array.of(1, 1, 1), 2, 0.1).size).toBe(2);
  });
});
