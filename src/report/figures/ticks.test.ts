import { describe, expect, it } from "vitest";
import { fixed, signed } from "../format.ts";
import { intervalPlot } from "./interval-plot.ts";
import { tickText } from "./ticks.ts";

describe("ticks of an axis", () => {
  it.each([
    [
      [-0.05, 0, 0.05, 0.1],
      ["−0.05", "0.00", "+0.05", "+0.10"],
    ],
    [
      [0, 0.25, 0.5],
      ["0.00", "+0.25", "+0.50"],
    ],
    [
      [-1, 0, 1],
      ["−1", "0", "+1"],
    ],
    [
      [0, 0.2, 0.4, 0.6000000000000001],
      ["0.0", "+0.2", "+0.4", "+0.6"],
    ],
  ])("%j have the digits that their distance needs", (ticks, words) => {
    expect(ticks.map((value, i) => tickText(signed)(value, i, ticks))).toEqual(words);
  });

  it("are told apart in a figure of small differences", () => {
    const row = { name: "a", colour: "#000000", value: 0.1, low: 0.02, high: 0.18, text: "0.10" };
    const svg = intervalPlot("l", [row], { label: "kappa", reference: 0, tickFormat: tickText(fixed) });
    expect(svg).toContain(">0.02<");
    expect(svg).toContain(">0.10<");
  });
});
