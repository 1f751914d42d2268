import { describe, expect, it } from "vitest";
import type { Judge } from "./judge.ts";
import { knowingJudge } from "./known.ts";

const SCORES: Readonly<Record<string, number | null>> = { casual: 3, gentle: null };

function asked() {
  const principles: string[] = [];
  const rate = async (_: string, principle: string): Promise<number> => {
    principles.push(principle);
    return 9;
  };
  const judge: Judge = { rate, rateAll: (text, all) => Promise.all(all.map((p) => rate(text, p))) };
  return { principles, judge };
}

describe("a judge that knows scores", () => {
  it("is asked for the others alone, and gives all in their order; what is known to be missing stays missing", async () => {
    const { principles, judge } = asked();
    const knowing = knowingJudge(judge, (_, principle) => SCORES[principle], "first");
    expect(await knowing.rateAll("x", ["warm", "gentle", "casual", "dry"], null)).toEqual([9, null, 3, 9]);
    expect([await knowing.rate("x", "gentle", null), await knowing.rate("x", "cold", null)]).toEqual([
      null,
      9,
    ]);
    expect(principles).toEqual(["warm", "dry", "cold"]);
  });

  it("knows one draw from another", async () => {
    const { principles, judge } = asked();
    const known = (_: string, __: string, draw: string) => (draw === "first" ? 4 : undefined);
    expect(await knowingJudge(judge, known, "second").rateAll("x", ["dry"], null)).toEqual([9]);
    expect(await knowingJudge(judge, known, "first").rateAll("x", ["dry"], null)).toEqual([4]);
    expect(principles).toEqual(["dry"]);
  });
});
