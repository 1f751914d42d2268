import { beforeAll, describe, expect, it } from "vitest";
import { poolNamed } from "../../src/catalog/pools.ts";
import type { UserConfig } from "../../src/core/config/schema.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { Explanation } from "../../src/studies/explain/analyse.ts";
import type { Amount } from "../../src/studies/explain/parts.ts";
import { explainedRun, withHistories } from "../support/explained-run.ts";

const STUDY = {
  pool: "k4",
  users: { train: 320, validation: 60, test: 200 },
  worlds: 4,
  judge: { ratings: "targets" },
  methods: ["none", "routing", "routing-oracle"],
} as const satisfies UserConfig;
const store = memoryStore();
/** For ten thousand users on a machine that has other things to do. */
const LONG = { timeout: 1_800_000 };
const OBEDIENT = { obedience: 1, avoidObedience: 1, judgeNoise: 0 };

const low = ({ ci95 }: Amount): number => ci95![0];
const high = ({ ci95 }: Amount): number => ci95![1];
const expectNothing = (amount: Amount): void => {
  expect(low(amount)).toBeLessThanOrEqual(0);
  expect(high(amount)).toBeGreaterThanOrEqual(0);
};
const partsOf = ({ methods }: Explanation) => methods.find(({ name }) => name === "routing")!.parts;

describe("a loss that is put in is found in its own part", () => {
  let usual: Explanation;
  beforeAll(async () => {
    usual = await explainedRun(STUDY, { store });
  });

  it("of a usual run is what it is known to be: recognising and carrying out, hardly any learning", () => {
    expect(low(usual.router.recognising)).toBeGreaterThan(0.4);
    expectNothing(usual.router.learning);
    expect(low(partsOf(usual).carryingOut)).toBeGreaterThan(1);
  });

  it("obedience 0.3: carrying out", async () => {
    const found = await explainedRun(STUDY, { store, strengths: { obedience: 0.3, avoidObedience: 0.3 } });
    expect(low(partsOf(found).carryingOut)).toBeGreaterThan(high(partsOf(usual).carryingOut) + 0.5);
    expect(partsOf(found).carryingOut.ofLost!.share).toBeGreaterThan(0.75);
    expect(partsOf(usual).carryingOut.ofLost!.share).toBeLessThan(0.75);
    expect(found.router.recognising.points).toBeLessThan(usual.router.recognising.points!);
    expectNothing(found.router.learning);
    const moved = ({ obedience }: Explanation) =>
      obedience.reduce((sum, row) => sum + row.moved.points!, 0) / 8;
    expect(moved(found)).toBeLessThan(moved(usual) / 2);
  });

  it("half of the histories exchanged between users: recognising", async () => {
    const exchange = withHistories((user, i, all) =>
      i % 2 === 0 ? user.text.history : all[i + 2 < all.length ? i + 2 : 1]!.text.history,
    );
    const found = await explainedRun(STUDY, { store }, exchange);
    expect(low(found.router.recognising)).toBeGreaterThan(high(usual.router.recognising));
    expectNothing(found.router.learning);
    expect(partsOf(found).carryingOut.points).toBeCloseTo(partsOf(usual).carryingOut.points!, 12);
    for (const [j, { right }] of found.attributes.entries())
      expect(right!).toBeLessThan(usual.attributes[j]!.right!);
  });

  it("40 train users: learning the mapping", async () => {
    const many: UserConfig = { ...STUDY, pool: "k10", worlds: 6, methods: ["none", "routing"] };
    const few: UserConfig = { ...many, users: { ...STUDY.users, train: 40 } };
    const [found, enough] = [await explainedRun(few, { store }), await explainedRun(many, { store })];
    expect(low(found.router.learning)).toBeGreaterThan(0);
    expect(low(found.router.learning)).toBeGreaterThan(enough.router.learning.points!);
    const all = (rows: Explanation["principles"]) => rows.reduce((sum, { right }) => sum + right!, 0);
    expect(all(found.principles)).toBeLessThan(all(enough.principles));
  });
});

describe("a loss that is taken out is none within its interval", () => {
  it("attributes written into the histories: recognising", async () => {
    const names = poolNamed("k4").attributes;
    const inWords = withHistories(({ profile }) =>
      profile.attributes.flatMap((side, j) =>
        side === 0 ? [] : [`I am ${side === 1 ? "very" : "hardly"} ${names[j]}.`],
      ),
    );
    const found = await explainedRun(STUDY, { store }, inWords);
    expectNothing(found.router.recognising);
    for (const { right } of found.attributes) expect(right).toBeGreaterThan(0.99);
    expect(low(partsOf(found).remainder)).toBeGreaterThan(0); // routing was not told
  });

  it.each([
    ["a signed permutation", {}],
    ["a dense mapping, two attributes a user", { activeAttributes: 2, mapping: { kind: "gaussian" } }],
  ] as const)("10,000 cheap train users: learning the mapping, %s", LONG, async (_, change) => {
    const found = await explainedRun({
      ...STUDY,
      ...change,
      pool: "k2",
      worlds: 3,
      historyLength: 1,
      users: { train: 10_000, validation: 100, test: 200 },
      conversations: { perUser: 2 },
      methods: ["none", "majority-routing"],
    });
    expectNothing(found.router.learning);
    for (const { right, n } of found.principles) if (n > 0) expect(right).toBeGreaterThan(0.95);
  });

  it("obedience 1 without judge noise: carrying out, against the best that these answers can score", async () => {
    const found = await explainedRun(STUDY, { strengths: OBEDIENT });
    expectNothing(found.reach.short);
    expect(high(found.reach.short) - low(found.reach.short)).toBeLessThan(0.4);
    // No style reaches the end of the scale, however well it is carried out.
    expect(found.reach.meanReward).toBeLessThan(9.5);
  });
});

describe("two attributes and dense mappings", () => {
  it("are explained like others, and learning is no loss with users enough", async () => {
    const found = await explainedRun(
      {
        ...STUDY,
        activeAttributes: 2,
        mapping: { kind: "gaussian" },
        users: { ...STUDY.users, train: 1200 },
      },
      { store },
    );
    expect(low(found.router.recognising)).toBeGreaterThan(0);
    expect(high(found.router.learning)).toBeLessThan(0.2);
    const { lost, parts } = found.methods[0]!;
    const sum = Object.values(parts).reduce((total, { points }) => total + points!, 0);
    expect(sum).toBeCloseTo(lost.points!, 9);
  });
});
