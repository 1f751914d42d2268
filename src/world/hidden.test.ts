import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { commitmentOf, HIDDEN_BITS, hiddenWorld } from "./hidden.ts";

const draw = (): string => randomBytes(HIDDEN_BITS / 8).toString("hex");

describe("hidden worlds", () => {
  it("follow from their bits alone, on every machine", () => {
    const bits = "00112233445566778899aabbccddeeff";
    expect(hiddenWorld(bits, "signed-permutation", 4, 2)).toEqual({
      seed: 2,
      kind: "signed-permutation",
      matrix: PINNED,
    });
    const every = Array.from({ length: 32 }, (_, at) => `${bits.slice(0, at)}0${bits.slice(at + 1)}`);
    const matrices = new Set(every.map((own) => JSON.stringify(hiddenWorld(own, "gaussian", 3, 1).matrix)));
    // Each digit matters; the first two are 0 already.
    expect(matrices.size).toBe(every.filter((own) => own !== bits).length + 1);
  });

  it("put every column and sign anywhere equally often", () => {
    const counts = new Float64Array(8);
    for (let i = 0; i < 8000; i++) {
      const [row = []] = hiddenWorld(draw(), "signed-permutation", 4, 1).matrix;
      const column = row.findIndex((x) => x !== 0);
      counts[2 * column + (row[column] === 1 ? 1 : 0)]! += 1;
    }
    const chi = counts.reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(40); // chi-square with 7 degrees of freedom: once in 800,000
  });

  it("are committed to by the SHA-256 of their sixteen bytes", () => {
    // printf '\\0%.0s' {1..16} | sha256sum
    expect(commitmentOf("0".repeat(32))).toBe(
      "374708fff7719dd5979ec875d56cd2286f6d3cf7ec317a3b25632aab28ec37bb",
    );
    const bits = draw();
    expect(commitmentOf(bits)).toBe(createHash("sha256").update(Buffer.from(bits, "hex")).digest("hex"));
  });
});

const PINNED = [
  [0, 0, 0, -1],
  [0, 0, 1, 0],
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
];
