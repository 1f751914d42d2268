import { describe, expect, it } from "vitest";
import { simRun } from "../../test/support/sim-run.ts";
import { type RewardedCandidate, styleLabels } from "../core/artifacts.ts";
import { rankingAccuracy } from "./rankings.ts";

const SETTINGS = {
  pool: "k4",
  users: { train: 60, validation: 20, test: 30 },
  worlds: [3, 4],
  statistics: { resamples: 20, permutations: 20 },
};
/** Of pool k4. */
const PRINCIPLES = ["emotionally neutral", "peer-to-peer tone", "elaborate", "concrete"];
const METHODS = ["none", { id: "routing", labels: "rewards" }, "knn-routing", "reward-rerank", "in-context"];

const found = async (methods: readonly unknown[]) => {
  const { outcome, samples } = await simRun({ ...SETTINGS, methods } as Parameters<typeof simRun>[0]);
  return { samples, methods: new Map(outcome.methods.map((m) => [m.id, m])) };
};

describe("what methods expect of styles", () => {
  it("is kept with every answer, and held against the ratings of test users where there are any", async () => {
    const { methods, samples } = await found([...METHODS, "routing-oracle"]);
    for (const id of ["routing", "knn-routing", "reward-rerank"]) {
      const { name, pairwiseAccuracy, perWorld } = methods.get(id)!;
      expect(pairwiseAccuracy!.test, id).toBeGreaterThan(0.5);
      expect(pairwiseAccuracy!.testCi95![0]).toBeLessThan(pairwiseAccuracy!.test!);
      expect(Object.keys(perWorld[0]!.learned!).length, id).toBeGreaterThan(1);
      const own = samples.filter(({ method }) => method === name);
      expect(own.every(({ predicted }) => predicted?.length === 8)).toBe(true);
      for (const { label, predicted } of own) {
        const at = 2 * PRINCIPLES.indexOf(label!.principle) + (label!.direction === "follow" ? 0 : 1);
        expect(predicted![at]).toBe(Math.max(...(predicted as number[])));
      }
    }
    expect(methods.get("reward-rerank")!.pairwiseAccuracy!.validation).toBeGreaterThan(0.5);
    for (const id of ["none", "in-context", "routing-oracle"]) {
      expect(methods.get(id), id).not.toHaveProperty("pairwiseAccuracy");
    }
  });

  it("has nothing to be held against where no test user's candidates are rated", async () => {
    const { methods } = await found(METHODS);
    expect(methods.get("knn-routing")).not.toHaveProperty("pairwiseAccuracy");
    expect(methods.get("reward-rerank")!.pairwiseAccuracy).toMatchObject({ test: null, testCi95: null });
  });
});

describe("the accuracy of a ranking", () => {
  const labels = styleLabels(["casual", "gentle"]);
  const user = (...rewards: (number | null)[]) => ({
    id: "test-0",
    history: [],
    prompt: "x",
    candidates: labels.flatMap((label, i): RewardedCandidate[] =>
      rewards[i] === undefined ? [] : [{ ...label, text: "a", reward: rewards[i] }],
    ),
  });

  it("is the share of pairs in the right order; what is not known on either side is left out", () => {
    expect(rankingAccuracy([4, 3, 2, 1], labels, user(9, 7, 5, 3))).toBe(1);
    expect(rankingAccuracy([4, 3, 1, 2], labels, user(9, 7, 5, 3))).toBeCloseTo(5 / 6, 12);
    expect(rankingAccuracy([4, null, 2, 1], labels, user(9, 7, null, 3))).toBe(1);
  });

  it("is none without a ranking, without candidates, and without two different rewards", () => {
    expect(rankingAccuracy(undefined, labels, user(9, 7))).toBeNull();
    expect(rankingAccuracy([1, 2, 3, 4], labels, user())).toBeNull();
    expect(rankingAccuracy([1, 2, 3, 4], labels, user(5, 5, 5, 5))).toBeNull();
  });
});
