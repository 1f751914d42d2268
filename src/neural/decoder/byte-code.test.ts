import { describe, expect, it } from "vitest";
import { rngOf, rootKey } from "../../core/random.ts";
import { floatsInNewMemory, memoryOf } from "../../numerics/wasm/shared-memory.ts";
import { BLOCK_SIZE } from "./byte-code.ts";
import { createKernel } from "./kernel.ts";

const room = floatsInNewMemory(64_000);
const kernel = createKernel(memoryOf(room)!);
/** First bytes of what the tests put into the memory. */
const [FROM, SHORTS, SHORT_SCALES, BYTES, BYTE_SCALES, OUT] = [0, 60_000, 100_000, 120_000, 180_000, 200_000];
const floatsAt = (at: number, count: number) => new Float32Array(room.buffer, at, count);

/** Rows of floats as blocks of 16 bits, by the definition. */
function shortened(values: Float32Array): { whole: number[]; scales: number[] } {
  const whole: number[] = [];
  const scales: number[] = [];
  for (let b = 0; b < values.length; b += BLOCK_SIZE) {
    const block = [...values.subarray(b, b + BLOCK_SIZE)];
    const most = Math.max(...block.map(Math.abs));
    scales.push(most / 32_767);
    whole.push(...block.map((value) => (most === 0 ? 0 : Math.round((value / most) * 32_767))));
  }
  return { whole, scales };
}

describe("blocks of 16 bits", () => {
  it("are the nearest whole multiples of a 32,767th of the greatest magnitude; zeros stay zeros", () => {
    const rng = rngOf(rootKey(1));
    const values = floatsAt(FROM, 6 * BLOCK_SIZE);
    for (let i = 0; i < values.length; i++)
      values[i] = rng.normal() * 10 ** (Math.floor(i / BLOCK_SIZE) * 3 - 6);
    values.fill(0, 2 * BLOCK_SIZE, 3 * BLOCK_SIZE);
    values[0] = -9;
    kernel.shorten(FROM, SHORTS, SHORT_SCALES, 6);
    const expected = shortened(values);
    const whole = [...new Int16Array(room.buffer, SHORTS, values.length)];
    // A number between two multiples may go to either.
    for (const [i, found] of whole.entries())
      expect(Math.abs(found - expected.whole[i]!)).toBeLessThanOrEqual(1);
    expect(whole[0]).toBe(-32_767);
    expect(whole.slice(2 * BLOCK_SIZE, 3 * BLOCK_SIZE).every((found) => found === 0)).toBe(true);
    for (const [b, scale] of floatsAt(SHORT_SCALES, 6).entries()) {
      expect(Math.abs(scale - expected.scales[b]!)).toBeLessThanOrEqual(1e-6 * scale);
      const worst = Math.max(
        ...[...values.subarray(b * BLOCK_SIZE, (b + 1) * BLOCK_SIZE)].map((value, i) =>
          Math.abs(value - whole[b * BLOCK_SIZE + i]! * scale),
        ),
      );
      expect(worst).toBeLessThanOrEqual(0.51 * scale);
    }
  });
});

describe("product with weights of 8 bits", () => {
  it.each([
    [1, 1, 1],
    [1, 4, 2],
    [2, 5, 3],
    [3, 7, 1],
    [5, 12, 6],
  ])("of %i rows with %i rows of %i blocks is that of the numbers that they stand for", (m, n, blocks) => {
    const rng = rngOf(rootKey(m * 100 + n * 10 + blocks));
    const k = blocks * BLOCK_SIZE;
    const x = new Int16Array(room.buffer, SHORTS, m * k);
    const w = new Int8Array(room.buffer, BYTES, n * k);
    const xScales = floatsAt(SHORT_SCALES, m * blocks);
    const wScales = floatsAt(BYTE_SCALES, n * blocks);
    // The greatest numbers there are, too: nothing overflows.
    for (let i = 0; i < x.length; i++) x[i] = i < BLOCK_SIZE ? 32_767 : Math.round(9000 * rng.normal());
    for (let i = 0; i < w.length; i++) w[i] = i < BLOCK_SIZE ? -128 : Math.round(50 * rng.normal());
    for (let i = 0; i < xScales.length; i++) xScales[i] = rng.uniform();
    for (let i = 0; i < wScales.length; i++) wScales[i] = rng.uniform() - 0.5;
    const out = floatsAt(OUT, m * (n + 3)).fill(7);
    const strides = [k, blocks * 4, OUT, (n + 3) * 4] as const;
    kernel.matmulBytes(SHORTS, SHORT_SCALES, 2 * k, BYTES, BYTE_SCALES, ...strides, m, n, blocks);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const parts = Array.from({ length: blocks }, (_, b) => {
          let whole = 0;
          for (let p = b * BLOCK_SIZE; p < (b + 1) * BLOCK_SIZE; p++) whole += x[i * k + p]! * w[j * k + p]!;
          return whole * xScales[i * blocks + b]! * wScales[j * blocks + b]!;
        });
        const expected = parts.reduce((sum, part) => sum + part, 0);
        const scale = parts.reduce((sum, part) => sum + Math.abs(part), 1);
        expect(Math.abs(out[i * (n + 3) + j]! - expected) / scale).toBeLessThan(1e-5);
      }
      expect([...out.subarray(i * (n + 3) + n, (i + 1) * (n + 3))]).toEqual([7, 7, 7]);
    }
  });
});
