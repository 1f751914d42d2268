import { describe, expect, it } from "vitest";
import { simRun, simSetup } from "../../test/support/sim-run.ts";
import type { ImportedUser } from "../conversations/imported.ts";
import { styleLabels } from "../core/artifacts.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { ratingAt } from "../ratings/rating-matrix.ts";
import { fixedWorld } from "../world/mapping.ts";
import { prepareImported } from "./imported-users.ts";

const pool = { attributes: ["verbose", "anxious"], principles: ["casual", "gentle"] };
const SETTINGS = { pool, users: { train: 8, validation: 4, test: 8 }, worlds: 1 };
const world = fixedWorld(1, [
  [1, 0],
  [0, 1],
]);
const labels = styleLabels(pool.principles);
const user: ImportedUser = {
  user: "imported-0",
  attributes: [{ attribute: "anxious", side: "avoid" }],
  prompts: ["How do I bake bread?", "What is a comet?", "not used", "Name ten uses of a brick."],
};
/** An answer for every label; rated 9 on gentle where it avoids gentle, against what its label says. */
const complete: ImportedUser = {
  ...user,
  candidates: labels.map((label) => ({ ...label, text: `${label.direction} ${label.principle}` })),
  ratings: labels.map((label) => ({
    ...label,
    scores: [
      { principle: "gentle", score: label.principle === "gentle" && label.direction === "avoid" ? 9 : 6 },
    ],
  })),
};

/** Counts calls by role. */
function counting() {
  const calls: Partial<Record<ModelRole, number>> = {};
  const wrap = (model: LanguageModel, role: ModelRole): LanguageModel => ({
    ...model,
    generate(request) {
      calls[role] = (calls[role] ?? 0) + 1;
      return model.generate(request);
    },
  });
  return { calls, wrap };
}

describe("imported users", () => {
  it("keep their own texts, and get candidates and ratings when they bring none", async () => {
    const { calls, wrap } = counting();
    const { users } = await prepareImported(simSetup(SETTINGS, { wrap }), [user], () => [0, 1]);
    expect(users[0]?.text).toEqual({
      id: "imported-0",
      history: ["How do I bake bread?", "What is a comet?"],
      prompt: "Name ten uses of a brick.",
    });
    expect(users[0]?.profile.attributes).toEqual([0, -1]);
    expect(users[0]?.candidates).toHaveLength(4);
    expect(calls.rewriter).toBeUndefined();
    expect(calls.candidate).toBe(4);
    expect(calls.judge).toBeGreaterThanOrEqual(8);
  });

  it("with candidates and ratings of their own cost nothing; scores that are not there are missing", async () => {
    const { calls, wrap } = counting();
    const { users } = await prepareImported(simSetup(SETTINGS, { wrap }), [complete], () => [0, 1]);
    expect(calls).toEqual({});
    const [made] = users;
    expect(made?.candidates.map((c) => c?.text)).toEqual(labels.map((l) => `${l.direction} ${l.principle}`));
    expect(labels.map((_, row) => ratingAt(made!.ratings, row, 1))).toEqual([6, 6, 6, 9]);
    expect(ratingAt(made!.ratings, 0, 0)).toBeNull();
  });

  it("an incomplete set of answers is not used", async () => {
    const { calls, wrap } = counting();
    const partial = { ...complete, candidates: complete.candidates!.slice(1) };
    await prepareImported(simSetup(SETTINGS, { wrap }), [partial], () => [0, 1]);
    expect(calls.candidate).toBe(4);
  });

  it("the oracle goes by their own ratings", async () => {
    const settings = {
      ...SETTINGS,
      mapping: { kind: "file" as const, file: "m.json" },
      methods: ["none" as const, "routing-oracle" as const],
    };
    const { samples } = await simRun(settings, { imported: [complete], matrix: world.matrix });
    // The user wants gentle avoided: of rewards 5, 5, 5 and 2 the first of the best is taken, never the one rated 9.
    const oracle = samples.find((s) => s.method === "routing oracle");
    expect(oracle?.scores).toMatchObject([{ principle: "gentle", direction: "avoid", weight: 1 }]);
    expect(oracle?.label).toEqual({ principle: "casual", direction: "follow" });
  });
});
