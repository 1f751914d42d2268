import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { entanglement, plainAnswers, scoreAntonyms } from "../../../test/support/antonym-scores.ts";
import { realAnswers, realJudges, realRatings } from "../../../test/support/real-judges.ts";
import { rootKey } from "../../core/random.ts";
import { pearson } from "../../statistics/correlation.ts";
import { mean } from "../../statistics/descriptive.ts";
import { compareJudges, type JudgeComparison } from "../../studies/judge-comparison/compare.ts";
import { createSimModel } from "./model.ts";
import { KNOWN_TRAITS } from "./traits.ts";

const real = realJudges();
const pairs = real[0]!.pairs.map(({ pair }) => pair);
const model = createSimModel();
const exact = createSimModel({ options: { judgeNoise: 0, judgeBias: 0 } });
const ON_REAL = "sim, real answers";
const ON_OWN = "sim, its own answers";
const EXACT = "without noise and bias";
const [PEER, WEAK] = ["sim:peer", "sim:weak"];
let rows: JudgeComparison["rows"];

beforeAll(async () => {
  const simulated = [
    await scoreAntonyms(ON_REAL, model, realAnswers(), pairs),
    await scoreAntonyms(ON_OWN, model, await plainAnswers(model), pairs),
    await scoreAntonyms(EXACT, exact, realAnswers(), pairs),
    await scoreAntonyms(PEER, createSimModel({ model: "peer" }), realAnswers(), pairs),
    await scoreAntonyms(WEAK, createSimModel({ model: "weak" }), realAnswers(), pairs),
  ];
  rows = compareJudges([...real, ...simulated], rootKey(0), { resamples: 1, permutations: 1 }).rows;
});

const realNames = new Set(real.map(({ judge }) => judge));
type Statistic = "balance" | "sdSum" | "correlation";

function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** One statistic of one judge, a pair's or the mean over pairs. */
function statisticOf(judge: string, statistic: Statistic, pair?: string): number {
  const own = rows.filter((row) => row.judge === judge && (pair === undefined || row.pair === pair));
  return mean(own.map((row) => row[statistic]!))!;
}

describe("the simulated judge beside the 13 real ones", () => {
  it("is compared with all of them on all pairs", () => {
    expect(realNames.size).toBe(13);
    expect(pairs).toHaveLength(6);
  });

  it.each(["balance", "sdSum", "correlation"] as const)(
    "lies inside their range on %s over all pairs",
    (statistic) => {
      const [least, most] = rangeOf([...realNames].map((judge) => statisticOf(judge, statistic)));
      for (const judge of [ON_REAL, ON_OWN]) {
        expect(statisticOf(judge, statistic), judge).toBeGreaterThan(least);
        expect(statisticOf(judge, statistic), judge).toBeLessThan(most);
      }
    },
  );

  it.each(["balance", "sdSum", "correlation"] as const)(
    "lies inside their range on %s of every pair",
    (statistic) => {
      for (const pair of pairs.map((p) => p.join("/"))) {
        const [least, most] = rangeOf([...realNames].map((judge) => statisticOf(judge, statistic, pair)));
        // Length is what it sees best and what real judges see worst: see docs/simulated-judge.md.
        const judges = statistic === "correlation" && pair === "verbose/terse" ? [ON_OWN] : [ON_REAL, ON_OWN];
        for (const judge of judges) {
          expect(statisticOf(judge, statistic, pair), `${judge} ${pair}`).toBeGreaterThan(least);
          expect(statisticOf(judge, statistic, pair), `${judge} ${pair}`).toBeLessThan(most);
        }
      }
    },
  );

  it("without noise and bias balances, and correlates near -1", () => {
    for (const pair of pairs.map((p) => p.join("/"))) {
      expect(statisticOf(EXACT, "balance", pair), pair).toBeLessThan(0.25);
      expect(statisticOf(EXACT, "correlation", pair), pair).toBeLessThan(-0.94);
    }
  });

  it.each(["balance", "sdSum", "correlation"] as const)(
    "has a peer like itself and a weak one like phi-4 on %s",
    (statistic) => {
      expect(Math.abs(statisticOf(PEER, statistic) - statisticOf(ON_REAL, statistic))).toBeLessThan(0.1);
      expect(Math.abs(statisticOf(WEAK, statistic) - statisticOf("phi_4", statistic))).toBeLessThan(0.15);
    },
  );

  it("entangles principles as a real judge does, on the whole", async () => {
    const { names, column } = realRatings();
    const shared = KNOWN_TRAITS.filter((trait) => names.includes(trait));
    const entangled = await entanglement(model, realAnswers(), shared, column);
    const simulated = entangled.map((e) => e.simulated);
    expect(
      pearson(
        simulated,
        entangled.map((e) => e.real),
      ),
    ).toBeGreaterThan(0.55);
  });

  it("is described by the figures in docs/simulated-judge.md", () => {
    const page = readFileSync("docs/simulated-judge.md", "utf8");
    for (const statistic of ["balance", "sdSum", "correlation"] as const) {
      const values = [
        ...pairs.map((p) => statisticOf(ON_REAL, statistic, p.join("/"))),
        statisticOf(ON_REAL, statistic),
      ];
      const line = `| **${ON_REAL}** | ${values.map((v) => v.toFixed(2)).join(" | ")} |`;
      expect(page, "make the tables again: node bench/simulated-judge.ts --write").toContain(line);
    }
  });
});
