import { beforeAll, describe, expect, it } from "vitest";
import { plainAnswers, scoreAntonyms } from "../../../test/support/antonym-scores.ts";
import { rootKey } from "../../core/random.ts";
import { compareJudges, type JudgeOverall } from "../../studies/judge-comparison/compare.ts";
import { createSimModel } from "./model.ts";

/* Where the real judges stand is tested beside their data, in judge-calibration.reference.test.ts. */

const PAIRS = [
  ["verbose", "terse"],
  ["formal", "casual"],
  ["warm", "cold"],
] as const;
const JUDGES = {
  exact: createSimModel({ options: { judgeNoise: 0, judgeBias: 0 } }),
  default: createSimModel(),
  weak: createSimModel({ model: "weak" }),
};
type Judge = keyof typeof JUDGES;

describe("simulated judges on the simulated model's own answers to 160 prompts", () => {
  const found = {} as Record<Judge, JudgeOverall>;
  beforeAll(async () => {
    const answers = await plainAnswers(JUDGES.default);
    const scores = await Promise.all(
      Object.entries(JUDGES).map(([name, model]) => scoreAntonyms(name, model, answers, PAIRS)),
    );
    const { overall } = compareJudges(scores, rootKey(0), { resamples: 1, permutations: 1 });
    for (const row of overall) found[row.judge as Judge] = row;
  });

  it("without noise and bias balances, and gives opposite poles opposite scores", () => {
    expect(found.exact.balance).toBeLessThan(0.25);
    expect(found.exact.meanCorrelation).toBeLessThan(-0.94);
  });

  it("with its noise balances less, and the weak one least", () => {
    expect(found.default.balance).toBeGreaterThan((found.exact.balance as number) + 0.2);
    expect(found.weak.balance).toBeGreaterThan((found.default.balance as number) + 0.2);
    expect(found.default.meanCorrelation).toBeGreaterThan(found.exact.meanCorrelation as number);
    expect(found.weak.meanCorrelation).toBeGreaterThan(found.default.meanCorrelation as number);
  });
});
