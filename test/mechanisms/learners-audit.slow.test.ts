import { describe, expect, it } from "vitest";
import type { UserConfig } from "../../src/core/config/schema.ts";
import { createMethod } from "../../src/methods/registry.ts";
import { analyseAudit } from "../../src/studies/audit/analyse.ts";
import { collectAudit } from "../../src/studies/audit/collect.ts";
import { simSetup } from "../support/sim-run.ts";

/** Every learner of the package that needs no weights, in each of its ways. */
const STUDY = {
  pool: "k4",
  users: { train: 240, validation: 40, test: 160 },
  worlds: 4,
  judge: { ratings: "targets" },
  methods: [
    "none",
    { id: "routing", labels: "rewards" },
    { id: "routing", name: "routing by rewards, both", labels: "rewards", features: "both" },
    "knn-routing",
    "reward-rerank",
    { id: "reward-rerank", name: "the best of both", pool: "both", n: 4, loss: "least-squares" },
    "many-shot",
    { id: "many-shot", name: "many-shot, answers", show: "answers", budgetTokens: 6_000 },
    "profile",
  ],
} as const satisfies UserConfig;

describe("methods that learn from rewards, and those that only believe", () => {
  it("leak nothing: without the own history none gains, and who sees no reward gains nothing", async () => {
    const run = simSetup(STUDY);
    const methods = run.config.methods.map((method, i) => createMethod(method, i));
    const data = await collectAudit(run, { methods, truncations: { prompts: [1], words: [] }, draws: 1 });
    const { checks, conditions } = analyseAudit(data, { margin: 0.25 });
    expect(checks.filter(({ verdict }) => verdict === "leak")).toEqual([]);
    const gainOf = (arm: string) => conditions.find((row) => row.arm === arm);
    for (const name of ["routing", "routing by rewards, both", "k-NN routing", "reward reranking"]) {
      // Where there is something to leak, it is seen.
      expect(gainOf(`${name}/normal`)?.deltaCi95?.[0], name).toBeGreaterThan(0);
      for (const condition of ["withheld", "shuffled"]) {
        const check = checks.find(({ id }) => id === `${name}/${condition}`);
        expect(check?.verdict, `${name}, ${condition}`).not.toBe("leak");
      }
    }
    expect(checks.find(({ id }) => id === "written profile/normal")?.verdict).not.toBe("leak");
  });
});
