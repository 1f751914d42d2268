import { beforeAll, describe, expect, it } from "vitest";
import { poolNamed } from "../../src/catalog/pools.ts";
import type { UserConfig } from "../../src/core/config/schema.ts";
import { answerStyled } from "../../src/methods/answer-styled.ts";
import { type ConfiguredMethod, createMethod } from "../../src/methods/registry.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { type AuditAnalysis, analyseAudit } from "../../src/studies/audit/analyse.ts";
import { type AuditPlan, collectAudit } from "../../src/studies/audit/collect.ts";
import { type Mapping, sampleWorld } from "../../src/world/mapping.ts";
import { trueStyle } from "../support/leak.ts";
import { simSetup } from "../support/sim-run.ts";
import { testMethod } from "../support/test-method.ts";

const STUDY = {
  pool: "k4",
  users: { train: 240, validation: 40, test: 160 },
  worlds: 4,
  judge: { ratings: "targets" },
  methods: ["none", "routing", "rag-exemplar", "in-context", "majority-routing"],
} as const satisfies UserConfig;
const store = memoryStore();
const settings = { margin: 0.25 };

async function audit(
  config: UserConfig,
  more: readonly ConfiguredMethod[] = [],
  options: { matrix?: Mapping; stereotype?: Mapping } = {},
): Promise<AuditAnalysis> {
  const { matrix, stereotype } = options;
  const run = simSetup(config, { store, ...(matrix === undefined ? {} : { matrix }) });
  const plan: AuditPlan = {
    methods: [...run.config.methods.map((method, i) => createMethod(method, i)), ...more],
    truncations: { prompts: [1], words: [] },
    draws: 1,
    ...(stereotype === undefined ? {} : { stereotype }),
  };
  return analyseAudit(await collectAudit(run, plan), settings);
}

const effectIn = ({ conditions }: AuditAnalysis, arm: string) => conditions.find((row) => row.arm === arm)!;
const checkIn = ({ checks }: AuditAnalysis, id: string) => checks.find((check) => check.id === id)!;

describe("an honest set-up", () => {
  let found: AuditAnalysis;
  beforeAll(async () => {
    found = await audit(STUDY);
  });

  it("shows no leak, and can tell it nearly everywhere", () => {
    expect(found.checks.filter(({ verdict }) => verdict === "leak")).toEqual([]);
    const passed = found.checks.filter(({ verdict }) => verdict === "pass");
    expect(passed.length).toBeGreaterThan(0.75 * found.checks.length);
  });

  it("gains with attributes and mapping what the true style gains", () => {
    expect(checkIn(found, "probe/revealed").verdict).toBe("pass");
    expect(found.revealed.share).toBeGreaterThan(0.85);
    expect(found.revealed.share).toBeLessThan(1.15);
  });

  it("gains more from more history, and nothing from none or another's", () => {
    const gains = ["withheld", "shuffled", "first-1-prompts", "normal"].map(
      (condition) => effectIn(found, `routing/${condition}`).delta!,
    );
    expect(gains[3]).toBeGreaterThan(gains[2]!);
    expect(gains[2]).toBeGreaterThan(Math.max(gains[0]!, gains[1]!));
    expect(effectIn(found, "routing/normal").deltaCi95![0]).toBeGreaterThan(0);
  });

  it("names tell nothing of C; a guess is chance", () => {
    expect(found.guess.of).toBe(16);
    expect(found.guess.pValue).toBeGreaterThan(0.05);
    expect(checkIn(found, "probe/named").verdict).not.toBe("leak");
  });

  it("who mirrors the user gains where the mapping is the stereotype, and there alone", () => {
    const named = found.contrast.find(({ arbitrary }) => arbitrary.arm === "probe/named");
    expect(named?.reading).toBe("stereotype only");
    const mirror = found.contrast.find(({ arbitrary }) => arbitrary.arm === "in-context history/normal");
    expect(mirror!.stereotype.delta! - mirror!.arbitrary.delta!).toBeGreaterThan(0.15);
    const routing = found.contrast.find(({ subject }) => subject === "routing");
    expect(routing?.reading).toBe("both");
  });
});

describe("a leak", () => {
  it("by a method that knows what test users want is caught without history and with another's", async () => {
    const pool = poolNamed("k4");
    let fits = 0;
    const leaky = testMethod("leaky", false, {
      kind: "method",
      fit: async (_train, _validation, context) => {
        const world = sampleWorld(++fits, "signed-permutation", 4);
        return { answer: (user) => answerStyled(user, trueStyle(pool, world, user.id), context) };
      },
    });
    const found = await audit({ ...STUDY, worlds: 2, methods: ["none", "in-context"] }, [leaky]);
    expect(found.verdict).toBe("leak");
    for (const condition of ["withheld", "shuffled"]) {
      expect(checkIn(found, `leaky/${condition}`).verdict).toBe("leak");
      expect(checkIn(found, `in-context history/${condition}`).verdict).not.toBe("leak");
    }
    expect(checkIn(found, "leaky/normal").estimate).toBeCloseTo(
      checkIn(found, "leaky/withheld").estimate!,
      12,
    );
  });

  it("by a mapping that the names give away is caught by the guess and by attributes told", async () => {
    const stereotype: Mapping = [
      [0, 1, 0, 0],
      [0, 0, 0, 1],
      [1, 0, 0, 0],
      [0, 0, -1, 0],
    ];
    const found = await audit(
      {
        ...STUDY,
        mapping: { kind: "file", file: "stereotype.json" },
        worlds: 1,
        methods: ["none", "in-context"],
      },
      [],
      { matrix: stereotype },
    );
    expect(found.guess).toMatchObject({ of: 4 });
    expect(found.guess.hits).toBeGreaterThan(2);
    expect(checkIn(found, "guess").verdict).toBe("leak");
    expect(checkIn(found, "probe/named").verdict).toBe("leak");
  });
});

describe("what cannot be audited", () => {
  it.each([
    [{ historyLength: 0 }, /nothing to withhold/],
    [{ users: { test: 1 } }, /there must be two/],
  ])("%j", async (change, message) => {
    await expect(audit({ ...STUDY, ...change })).rejects.toThrow(message);
  });

  it("a model that follows no style: nothing can be told", async () => {
    const run = simSetup(
      { ...STUDY, users: { ...STUDY.users, test: 40 }, worlds: 2, methods: ["none", "in-context"] },
      { strengths: { obedience: 0, avoidObedience: 0 } },
    );
    const plan = {
      methods: run.config.methods.map((method, i) => createMethod(method, i)),
      truncations: { prompts: [], words: [] },
      draws: 1,
    };
    const found = analyseAudit(await collectAudit(run, plan), settings);
    expect(found.margin.points).toBeNull();
    expect(found.checks.every(({ verdict, id }) => verdict === "cannot tell" || id === "guess")).toBe(true);
  });
});
