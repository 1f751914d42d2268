import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectComparison, expectIntervalWidths } from "../../../test/support/study-expectations.ts";
import { rootKey } from "../../core/random.ts";
import { compareJudges, type JudgeComparison } from "./compare.ts";
import reference from "./judge-scores.reference.json" with { type: "json" };
import { scoresFromNpz } from "./scores.ts";

const folder = "../shared/reference-data/judge-scores";
const real = readdirSync(folder).map((name) => scoresFromNpz(readFileSync(join(folder, name)), name));

describe("the 13 real judges", () => {
  const result: JudgeComparison = compareJudges(real, rootKey(0));

  test("all 78 rows, and the figures over all pairs, agree with NumPy and SciPy", () => {
    expect(result.rows.length).toBe(78);
    expectComparison(result, reference);
  });

  test("gpt-oss-120b is the best balanced", () => {
    const best = result.overall[0]!;
    expect(best).toMatchObject({ judge: "gpt_oss_120b", rank: 1, group: 1, n: 960 });
    expect(best.indistinguishable).toEqual(["qwen3_5_27b_weighted"]);
    expect(best.balanceCi95![0]).toBeLessThan(best.balance!);
    expect(best.balanceCi95![1]).toBeGreaterThan(best.balance!);
    expect(best.pValue).toBe(1 / 10_000);
  });

  test("intervals are as wide as the standard errors say, each pair with 160 texts of its own", () => {
    expectIntervalWidths(result, reference.balanceErrors);
  });

  test("paired tests come near paired t-tests on texts", () => {
    for (const [a, b, p] of reference.pairedTests) {
      const found = result.comparisons.find((c) => c.a === a && c.b === b)!.pValue!;
      // Exponents of small values follow the standard error, which 2,000 resamples give to about 3 %.
      expect(Math.abs(Math.log(found) / Math.log(p as number) - 1)).toBeLessThan(0.1);
    }
  });

  test("the one that was asked on 1-100 and divided by ten is found, and put on 1 to 10", () => {
    const below = new Map(result.rows.filter((r) => r.belowScale > 0).map((r) => [r.judge, true]));
    expect([...below.keys()]).toEqual(["gemma_4_31b"]);
    const rescaled = result.overall.filter((own) => own.rescaled);
    expect(rescaled.map(({ judge, balance }) => [judge, balance!.toFixed(2)])).toEqual([
      ["gemma_4_31b", "1.87"],
    ]);
  });

  test("the same key gives the same result", () => {
    const two = compareJudges(real.slice(0, 2), rootKey(3), { resamples: 50, permutations: 50 });
    expect(compareJudges(real.slice(0, 2), rootKey(3), { resamples: 50, permutations: 50 })).toEqual(two);
  });
});
