import { describe, expect, it } from "vitest";
import { failingRewrites, type SimRunOptions, simRun, simSetup } from "../../test/support/sim-run.ts";
import type { UserConfig } from "../core/config/schema.ts";
import type { LanguageModel, ModelRole } from "../core/ports/language-model.ts";
import { evaluateWorlds } from "./evaluate-world.ts";
import { runMemory } from "./fit.ts";
import type { RunSetup } from "./run-setup.ts";
import { answerPlainly, prepareUsers, worldsOf } from "./users.ts";

const SETTINGS: UserConfig = {
  pool: "k4",
  users: { train: 16, validation: 6, test: 12 },
  conversations: { perUser: 4 },
  worlds: [3, 4],
  methods: ["none", "routing-oracle", "routing", "rag-summary", "in-context"],
  statistics: { resamples: 20, permutations: 20 },
};
/** Which roles were asked, in order, each run of one role as one entry. */
function listening() {
  const turns: string[] = [];
  const heard = (role: string): void => {
    if (turns.at(-1) !== role) turns.push(role);
  };
  const wrap = (model: LanguageModel, role: ModelRole): LanguageModel => ({
    ...model,
    generate(request) {
      heard(role);
      return model.generate(request);
    },
  });
  return { turns, wrap };
}

describe("a run by stages", () => {
  it.each<[string, UserConfig, SimRunOptions]>([
    ["of users who are all made", {}, {}],
    ["with users who are replaced", {}, { wrap: failingRewrites }],
    ["that rates what worlds weigh", { judge: { ratings: "targets" } }, {}],
    ["whose test users need no candidates", { methods: ["none", "routing"] }, {}],
    ["that nobody learns in", { methods: ["none", "in-context"] }, {}],
  ])("%s has the results of the ordinary schedule", async (_what, settings, options) => {
    const usual = await simRun({ ...SETTINGS, ...settings }, options);
    const staged = await simRun({ ...SETTINGS, ...settings, schedule: "stages" }, options);
    if (options.wrap !== undefined) expect(usual.outcome.users.replaced).toBeGreaterThan(0);
    expect(JSON.stringify(staged)).toBe(JSON.stringify(usual));
  });

  it("asks each role in as few turns as there can be", async () => {
    const { turns, wrap } = listening();
    await simRun({ ...SETTINGS, schedule: "stages" }, { wrap });
    expect(turns).toEqual(["rewriter", "candidate", "judge", "base", "judge"]);
  });

  it("says before each stage whom it may ask, and asks nobody else", async () => {
    const entered: string[] = [];
    let allowed: readonly string[] = [];
    const strays: string[] = [];
    const wrap = (model: LanguageModel, role: ModelRole): LanguageModel => ({
      ...model,
      generate(request) {
        if (!allowed.includes(role)) strays.push(role);
        return model.generate(request);
      },
    });
    const run: RunSetup = {
      ...simSetup({ ...SETTINGS, schedule: "stages" }, { wrap }),
      async enter(roles) {
        allowed = roles;
        entered.push(roles.join("+"));
      },
    };
    const worlds = worldsOf(run);
    const { replaced: _, ...prepared } = await prepareUsers(run, run.methods, worlds);
    const users = { ...prepared, test: await answerPlainly(run, prepared.test) };
    await evaluateWorlds(run, run.methods, users, worlds, runMemory());
    expect(strays).toEqual([]);
    expect(entered).toEqual(["rewriter", "candidate", "judge", "base", "base+embedder", "judge"]);
  });
});
