import { describe, expect, it } from "vitest";
import { METHOD_IDS } from "../../methods/registry.ts";
import { methodColours } from "./colours.ts";

/** Relative luminance of #rrggbb (WCAG 2.2). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("colours of methods", () => {
  const many = Array.from({ length: 6 }, (_, i) => ({ id: "routing", name: `routing ${i}` }));
  const colours = methodColours([...METHOD_IDS.map((id) => ({ id, name: id })), ...many]);

  it("stand out from a white and from a dark page", () => {
    for (const [name, colour] of colours) {
      expect([name, contrast(colour, "#ffffff") >= 3, contrast(colour, "#15181d") >= 3]).toEqual([
        name,
        true,
        true,
      ]);
    }
  });

  it("are all different, and the same for a method whatever else a run holds", () => {
    expect(new Set(colours.values()).size).toBe(colours.size);
    const alone = methodColours([{ id: "rag-summary", name: "mine" }]);
    expect(alone.get("mine")).toBe(colours.get("rag-summary"));
  });
});
