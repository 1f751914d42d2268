import { describe, expect, it } from "vitest";
import { METHODS } from "../../methods/registry.ts";

/** Severe colour-vision deficiency on linear RGB (Machado, Oliveira & Fernandes, 2009, severity 1). */
const SEEN_BY: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** CIE L*a*b* (D65) of linear RGB. */
function lab([r = 0, g = 0, b = 0]: readonly number[]): number[] {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const clipped = (value: number): number => Math.min(1, Math.max(0, value));

describe("colours of methods", () => {
  it.each(Object.entries(SEEN_BY))("are told apart with %s", (_, matrix) => {
    const seen = METHODS.flatMap(({ id, colour }) => {
      if (colour === undefined) return [];
      const rgb = linear(colour);
      return [
        { id, lab: lab(matrix.map((row) => clipped(row.reduce((sum, m, i) => sum + m * rgb[i]!, 0)))) },
      ];
    });
    const near = seen.flatMap((a, i) =>
      seen.slice(i + 1).map((b) => ({
        pair: `${a.id} / ${b.id}`,
        distance: Math.hypot(...a.lab.map((v, k) => v - b.lab[k]!)),
      })),
    );
    // Apart from each other in a legend or a figure: 2.3 is just noticed side by side.
    expect(near.filter(({ distance }) => distance < 10)).toEqual([]);
  });
});
