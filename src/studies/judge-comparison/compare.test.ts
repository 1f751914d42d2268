import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeFiles, judges } from "../../../test/support/made-up-studies.ts";
import { expectComparison, expectIntervalWidths } from "../../../test/support/study-expectations.ts";
import { rngOf, rootKey } from "../../core/random.ts";
import { compareJudges } from "./compare.ts";
import { type JudgeScores, scoresFromNpz } from "./scores.ts";

function pairOf(
  positive: readonly number[],
  negative: readonly number[],
  pair: [string, string] = ["warm", "cold"],
) {
  const conversations = positive.map((_, i) => `c${i}`);
  const sides = { positive: Float64Array.from(positive), negative: Float64Array.from(negative) };
  return { pair, conversations, ...sides, missing: 0, belowScale: 0 };
}

function judgeOf(judge: string, ...pairs: ReturnType<typeof pairOf>[]): JudgeScores {
  return { judge, pairs };
}

describe("made-up judges", () => {
  const files = Object.entries(judgeFiles).map(([name, bytes]) => scoresFromNpz(bytes, name));
  const result = compareJudges(files, rootKey(0));

  test("every row, and the figures over all pairs, agree with NumPy and SciPy", () => {
    expectComparison(result, judges);
  });

  test("the judge with the least noise is first, and only the one in tenths cannot be told from it", () => {
    const best = result.overall[0]!;
    expect(best).toMatchObject({
      judge: "even",
      rank: 1,
      group: 1,
      n: 3 * 24,
      indistinguishable: ["tenths"],
    });
    expect(best.balanceCi95![0]).toBeLessThan(best.balance!);
    expect(best.balanceCi95![1]).toBeGreaterThan(best.balance!);
  });

  test("the one whose answers on 1 to 100 were divided by ten is put on 1 to 10", () => {
    const rescaled = result.overall.filter((own) => own.rescaled).map(({ judge }) => judge);
    expect(rescaled).toEqual(["hundred"]);
  });

  test("intervals are as wide as the standard errors say, each pair with conversations of its own", () => {
    expectIntervalWidths(result, judges.balanceErrors);
  });

  test("paired tests come near paired t-tests on conversations", () => {
    for (const [a, b, p] of judges.pairedTests) {
      const found = result.comparisons.find((c) => c.a === a && c.b === b)!.pValue!;
      // Exponents, as for the real judges; 24 conversations say less about the standard error than 160.
      expect(Math.abs(Math.log(found) / Math.log(p as number) - 1)).toBeLessThan(0.25);
    }
  });
});

describe("small and odd data", () => {
  test("a pair with one conversation has a balance and nothing that needs more", () => {
    const [row] = compareJudges([judgeOf("a", pairOf([8], [2]))], rootKey(0)).rows;
    expect(row).toMatchObject({ n: 1, meanSum: 10, sdSum: 0, balance: 1, correlation: null, pValue: null });
    expect(row).toMatchObject({ balanceCi95: null, correlationCi95: null });
  });

  test("constant scores have no correlation, and do not hide the other pairs' one", () => {
    const constant = pairOf([5, 5, 5, 5], [1, 2, 3, 4], ["formal", "casual"]);
    const falling = pairOf([9, 7, 4, 1], [1, 3, 8, 10]);
    const { rows, overall } = compareJudges([judgeOf("a", constant, falling)], rootKey(0));
    expect(rows[0]).toMatchObject({ correlation: null, pValue: null, correlationCi95: null });
    expect(overall[0]!.meanCorrelation).toBe(rows[1]!.correlation);
    const none = compareJudges([judgeOf("a", constant)], rootKey(0)).overall[0];
    expect(none).toMatchObject({ meanCorrelation: null, pValue: null, meanCorrelationCi95: null });
  });

  test("a pair without a complete conversation is all gaps", () => {
    const { rows, overall } = compareJudges([judgeOf("a", pairOf([], []))], rootKey(0));
    expect(rows[0]).toMatchObject({ n: 0, meanSum: null, sdSum: null, balance: null, correlation: null });
    expect(overall[0]).toMatchObject({ n: 0, balance: null, meanCorrelation: null, rank: 1, group: 1 });
  });

  test("a judge compared with its own copy cannot be told apart; one far off can", () => {
    const scores = [9, 2, 7, 4, 8, 3, 6, 5, 9, 1];
    const opposite = scores.map((s) => 11 - s);
    const good = pairOf(
      scores,
      opposite.map((s, i) => (i % 2 ? s : Math.max(1, s - 1))),
    );
    const bad = pairOf(scores, scores);
    const judges = [judgeOf("bad", bad), judgeOf("copy", good), judgeOf("good", good)];
    const { overall, comparisons } = compareJudges(judges, rootKey(0));
    expect(overall.map(({ judge, group }) => [judge, group])).toEqual([
      ["copy", 1],
      ["good", 1],
      ["bad", 2],
    ]);
    expect(comparisons.find(({ a }) => a === "copy")).toMatchObject({ difference: 0, pValue: 1 });
  });

  test("judges without a common pair are not compared", () => {
    const judges = [
      judgeOf("a", pairOf([1, 2, 3], [3, 2, 1])),
      judgeOf("b", pairOf([1, 2, 3], [1, 2, 3], ["x", "y"])),
    ];
    const { comparisons, overall } = compareJudges(judges, rootKey(0));
    expect(comparisons[0]).toMatchObject({ difference: null, differenceCi95: null, pValue: null });
    expect(overall.map(({ group }) => group)).toEqual([1, 1]);
  });

  test("two judges of one name, and no judge, are errors", () => {
    const judge = judgeOf("a", pairOf([1], [1]));
    expect(() => compareJudges([judge, judge], rootKey(0))).toThrow(/called a/);
    expect(() => compareJudges([], rootKey(0))).toThrow(/no judge/);
  });

  test("independent sides are found correlated about as often as the level says", () => {
    const significant = Array.from({ length: 400 }, (_, draw) => {
      const rng = rngOf(rootKey(draw));
      const scores = () => Array.from({ length: 25 }, () => 1 + rng.int(10));
      const pairs = [pairOf(scores(), scores()), pairOf(scores(), scores(), ["x", "y"])];
      const settings = { resamples: 1, permutations: 99 };
      return compareJudges([judgeOf("a", ...pairs)], rootKey(draw), settings).overall[0]!.pValue! <= 0.05;
    });
    // Binomial(400, 0.05): outside 8..36 once in two thousand times.
    expect(significant.filter(Boolean).length).toBeGreaterThanOrEqual(8);
    expect(significant.filter(Boolean).length).toBeLessThanOrEqual(36);
  });

  test("balance is 0 exactly for a judge whose scores mirror each other, whatever they are", () => {
    const score = fc.integer({ min: 1, max: 10 });
    fc.assert(
      fc.property(fc.array(score, { minLength: 3, maxLength: 30 }), (scores) => {
        const pair = pairOf(
          scores,
          scores.map((s) => 11 - s),
        );
        const settings = { resamples: 20, permutations: 20 };
        const { rows } = compareJudges([judgeOf("a", pair)], rootKey(0), settings);
        expect(rows[0]).toMatchObject({ balance: 0, meanSum: 11, sdSum: 0, balanceCi95: [0, 0] });
        if (rows[0]!.correlation !== null) expect(rows[0]!.correlation).toBeCloseTo(-1, 12);
      }),
    );
  });
});
