import { describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../../core/random.ts";
import { floatsInNewMemory, memoryOf } from "../../numerics/wasm/shared-memory.ts";
import { createKernel } from "./kernel.ts";

const room = floatsInNewMemory(40_000);
const { matmul, softmax, gate } = createKernel(memoryOf(room)!);

/** The same sums in the same order, one number at a time. */
function plainDot(x: Float32Array, w: Float32Array): number {
  const lanes = new Float32Array(4);
  for (let p = 0; p < x.length; p++) lanes[p % 4] = lanes[p % 4]! + Math.fround(x[p]! * w[p]!);
  return Math.fround(Math.fround(lanes[0]! + lanes[2]!) + Math.fround(lanes[1]! + lanes[3]!));
}

describe("matrix product", () => {
  it.each([
    [1, 1, 4],
    [1, 4, 8],
    [2, 4, 12],
    [3, 7, 20],
    [5, 9, 4],
    [8, 32, 64],
    [2, 3, 100],
  ])("of %i rows with %i rows of %i numbers is exact to the bit, with gaps between rows", (m, n, k) => {
    const rng = rngOf(rootKey(m * 1000 + n * 10 + k));
    for (let i = 0; i < room.length; i++) room[i] = rng.normal();
    const [x, w, out] = [0, 12_000, 24_000];
    const [xs, ws, os] = [k + 3, k + 1, n + 5];
    const before = room.slice();
    matmul(x * 4, xs * 4, w * 4, ws * 4, out * 4, os * 4, m, n, k);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        before[out + i * os + j] = plainDot(
          before.subarray(x + i * xs, x + i * xs + k),
          before.subarray(w + j * ws, w + j * ws + k),
        );
      }
    }
    expect(room).toEqual(before);
  });

  it("of no rows changes nothing", () => {
    const before = room.slice();
    matmul(0, 16, 64, 16, 128, 16, 0, 4, 4);
    expect(room).toEqual(before);
  });
});

describe("weights of scores", () => {
  it("are those of the definition, and 0 exactly where nothing is to be seen", () => {
    const rng = rngOf(rootKey(2));
    for (const [valid, padded] of [
      [1, 4],
      [4, 4],
      [5, 8],
      [37, 200],
    ] as const) {
      const scores = Array.from({ length: valid }, () => 20 * rng.normal());
      room.fill(Number.NEGATIVE_INFINITY, 0, padded);
      room.set(scores);
      softmax(0, padded * 4, 0.3);
      const powers = scores.map((s) => Math.exp(0.3 * (s - Math.max(...scores))));
      const sum = powers.reduce((a, b) => a + b, 0);
      for (const [i, power] of powers.entries()) {
        expect(Math.abs(room[i]! - power / sum)).toBeLessThan(5e-6 * (power / sum) + 1e-37);
      }
      expect([...room.subarray(valid, padded)]).toEqual(new Array(padded - valid).fill(0));
    }
  });

  it("do not depend on how much room follows", () => {
    const rng = rngOf(rootKey(4));
    const scores = Array.from({ length: 21 }, () => rng.normal());
    const [short, long] = [24, 60].map((padded) => {
      room.fill(Number.NEGATIVE_INFINITY, 0, padded);
      room.set(scores);
      softmax(0, padded * 4, 1);
      return [...room.subarray(0, 21)];
    });
    expect(short).toEqual(long);
  });
});

describe("gate", () => {
  it("is that of the definition, over the whole range", () => {
    const values = Float32Array.from({ length: 400 }, (_, i) => (i - 200) / 2);
    room.set(values);
    room.fill(1.5, 1000, 1400);
    gate(0, 4000, 1600);
    for (const [i, g] of values.entries()) {
      const expected = (1.5 * g) / (1 + Math.exp(-g));
      expect(Math.abs(room[i]! - expected)).toBeLessThan(5e-7 * Math.abs(expected) + 1e-35);
    }
  });
});
