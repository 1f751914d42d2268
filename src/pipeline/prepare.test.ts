import { describe, expect, it } from "vitest";
import { simSetup } from "../../test/support/sim-run.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { prompts } from "../core/prompt/prompts.ts";
import { matchPrompt } from "../core/prompt/template.ts";
import { sampleWorld } from "../world/mapping.ts";
import { targetsOf } from "../world/targets.ts";
import { prepareSplit } from "./prepare.ts";
import type { RunSetup } from "./run-setup.ts";
import { ratedPrinciples } from "./users.ts";

const world = sampleWorld(1, "signed-permutation", 4);
const SETTINGS = { pool: "k4", users: { train: 12, validation: 6, test: 8 }, conversations: { perUser: 4 } };
/** The base prompts of a rewriter's requests, in order. */
function listening(): { asked: string[]; wrap: (model: LanguageModel, role: ModelRole) => LanguageModel } {
  const asked: string[] = [];
  const wrap = (model: LanguageModel, role: ModelRole): LanguageModel => ({
    ...model,
    generate(request) {
      if (role === "rewriter") asked.push(matchPrompt(prompts.rewrite, request.messages)?.prompt ?? "");
      return model.generate(request);
    },
  });
  return { asked, wrap };
}
/** A rewriter whose answer to some base prompts is empty. */
const failing =
  (fails: (prompt: string) => boolean) =>
  (model: LanguageModel, role: ModelRole): LanguageModel => ({
    ...model,
    async generate(request) {
      const result = await model.generate(request);
      const prompt =
        role === "rewriter" ? (matchPrompt(prompts.rewrite, request.messages)?.prompt ?? "") : "";
      return fails(prompt) ? { ...result, text: "" } : result;
    },
  });
const notes = (run: RunSetup): { run: RunSetup; told: string[] } => {
  const told: string[] = [];
  const observe: RunSetup["observe"] = (event) => {
    if (event.type === "note") told.push(event.message);
  };
  return { run: { ...run, observe }, told };
};

describe("users of a split", () => {
  it("of train, validation and test share no base conversation", async () => {
    const seen: Set<string>[] = [];
    for (const [split, count] of [
      ["train", 12],
      ["validation", 6],
      ["test", 8],
    ] as const) {
      const { asked, wrap } = listening();
      await prepareSplit(simSetup(SETTINGS, { wrap }), split, count, null);
      expect(new Set(asked).size).toBeGreaterThanOrEqual(count * 3);
      seen.push(new Set(asked));
    }
    const all = seen.flatMap((prompts) => [...prompts]);
    expect(new Set(all).size).toBe(all.length);
  });

  it("with a failed rewrite give way to the next of the sequence, at any concurrency", async () => {
    const run = simSetup(SETTINGS);
    const usual = await prepareSplit(run, "train", 12, null);
    const { at } = run.conversations.train;
    // The test prompt of user 3 (conversation 4 * 3 + 3) and a history prompt of user 12, its replacement.
    const broken = new Set([at(15).prompt, at(48).prompt]);
    const ids: string[][] = [];
    for (const concurrency of [1, 5]) {
      const wrap = failing((prompt) => broken.has(prompt));
      const { run, told } = notes(simSetup({ ...SETTINGS, concurrency }, { wrap }));
      const { users, replaced } = await prepareSplit(run, "train", 12, null);
      expect(replaced - usual.replaced).toBe(2);
      expect(told.join()).toMatch(/train users: \d+ replaced \(.*empty/);
      ids.push(users.map((u) => u.text.id));
    }
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).toHaveLength(12);
    expect(ids[0]).not.toContain("train-00003");
    expect(ids[0]).not.toContain("train-00012");
    expect(ids[0]?.at(-1)).toBe("train-00013");
  });

  it("end the run when most rewrites fail", async () => {
    const run = simSetup(SETTINGS, { wrap: failing((prompt) => prompt.length % 2 === 0) });
    await expect(prepareSplit(run, "test", 8, null)).rejects.toThrow(/most rewrites fail \(\d+ empty/);
  });

  it("end the run at once when no rewrite comes to anything", async () => {
    const run = simSetup(SETTINGS, { wrap: failing((prompt) => prompt !== "") });
    await expect(prepareSplit(run, "test", 8, null)).rejects.toMatchObject({
      message: "18 of the first 18 asks of the rewriter gave nothing usable; the last one was empty",
      where: "rewriter sim:default, test users",
    });
  });

  it("are rated on all principles, or on those that some world weighs for them", async () => {
    const worlds = [world, sampleWorld(2, "signed-permutation", 4)];
    const all = await prepareSplit(simSetup(SETTINGS), "train", 6, () => [0, 1, 2, 3]);
    const run = simSetup({ ...SETTINGS, judge: { ratings: "targets" as const } });
    const few = await prepareSplit(run, "train", 6, ratedPrinciples(run, worlds));
    for (const [i, user] of few.users.entries()) {
      const weighed = worlds.flatMap((w) =>
        targetsOf(w.matrix, user.profile.attributes, 1).map((t) => t.principle),
      );
      expect(user.columns).toEqual([...new Set(weighed)].sort());
      const whole = all.users[i];
      expect(whole?.columns).toEqual([0, 1, 2, 3]);
      expect(user.candidates).toEqual(whole?.candidates);
      for (let at = 0; at < 32; at++) {
        const [score, known] = [user.ratings.scores[at] as number, whole?.ratings.scores[at] as number];
        expect(score).toBe(user.columns.includes(at % 4) ? known : Number.NaN);
      }
    }
  });

  it("a smaller train set is the beginning of a larger one, also where users are replaced", async () => {
    const fails = failing((prompt) => prompt.length % 13 === 0);
    const usersOf = async (train: number, split: "train" | "validation" | "test") => {
      const run = simSetup({ ...SETTINGS, users: { ...SETTINGS.users, train } }, { wrap: fails });
      const { users } = await prepareSplit(run, split, run.config.users[split], null);
      return users.map(({ profile, text }) => ({ profile, text }));
    };
    const [few, many] = [await usersOf(5, "train"), await usersOf(14, "train")];
    expect(many.slice(0, 5)).toEqual(few);
    for (const split of ["validation", "test"] as const) {
      expect(await usersOf(14, split)).toEqual(await usersOf(5, split));
    }
  });
});
