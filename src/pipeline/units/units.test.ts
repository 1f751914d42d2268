import { describe, expect, it } from "vitest";
import { failingRewrites, type SimRunOptions, simRun, simSetup } from "../../../test/support/sim-run.ts";
import type { UserConfig } from "../../core/config/schema.ts";
import type { Store } from "../../core/ports/store.ts";
import { memoryStore } from "../../store/memory.ts";
import { unitDoer } from "./do-unit.ts";
import { answerPhases, type PlannedUnit, userPhase } from "./plan.ts";
import { ranges, unitName, type WorkUnit } from "./unit.ts";

const SETTINGS: UserConfig = {
  pool: "k4",
  users: { train: 16, validation: 6, test: 40 },
  conversations: { perUser: 4 },
  worlds: [3, 4],
  methods: ["none", "routing-oracle", "routing", "rag-summary", "in-context"],
  statistics: { resamples: 20, permutations: 20 },
};
/** A store that remembers what was put into it. */
function listening(): { store: Store; put: Map<string, () => void>; into: (other: Store) => void } {
  const store = memoryStore();
  const put = new Map<string, (other: Store) => void>();
  const hex = (key: Uint8Array): string => Buffer.from(key).toString("hex");
  return {
    store: {
      ...store,
      putCall(key, call) {
        put.set(hex(key), (other) => other.putCall(key, call));
        store.putCall(key, call);
      },
      putArtifact(kind, key, bytes) {
        put.set(kind + hex(key), (other) => other.putArtifact(kind, key, bytes));
        store.putArtifact(kind, key, bytes);
      },
    },
    put: put as Map<string, () => void>,
    into: (other) => {
      for (const give of put.values()) give(other);
    },
  };
}

/** Does all units of a run, each in a process of its own that knows what was done before its phase and its group. */
async function inPieces(settings: UserConfig, options: SimRunOptions) {
  const shared = memoryStore();
  let paid = 0;
  const failed = { train: 0, validation: 0, test: 0 };
  const doAll = async (units: readonly PlannedUnit[]): Promise<void> => {
    const groups = Map.groupBy(units, ({ group, unit }) => group ?? JSON.stringify(unit));
    const made = await Promise.all(
      [...groups.values()].map(async (group) => {
        const { store, put, into } = listening();
        const both: Store = {
          ...store,
          getCall: (key) => store.getCall(key) ?? shared.getCall(key),
          getArtifact: (kind, key) => store.getArtifact(kind, key) ?? shared.getArtifact(kind, key),
        };
        const work = unitDoer(simSetup(settings, { ...options, store: both }));
        for (const { unit } of group) {
          const outcome = await work(unit);
          if (unit.kind === "users") failed[unit.split] += outcome.failed;
        }
        paid += put.size;
        return into;
      }),
    );
    for (const into of made) into(shared);
  };
  const setup = simSetup(settings, options);
  const done = new Set<string>();
  for (;;) {
    const open = userPhase(setup, failed).units.filter(({ unit }) => !done.has(JSON.stringify(unit)));
    if (open.length === 0) break;
    await doAll(open);
    for (const { unit } of open) done.add(JSON.stringify(unit));
  }
  for (const phase of answerPhases(setup)) await doAll(phase.units);
  return { shared, paid };
}

describe("units of work", () => {
  it.each<[string, UserConfig, SimRunOptions]>([
    ["users who are all made", {}, {}],
    ["users who are replaced", {}, { wrap: failingRewrites }],
    ["test users without candidates", { methods: ["routing", "in-context"] }, {}],
    ["ratings of what worlds weigh", { judge: { ratings: "targets" } }, {}],
  ])("make all calls of a run, and each once: %s", async (_what, settings, options) => {
    const wanted = { ...SETTINGS, ...settings };
    const whole = listening();
    const usual = await simRun(wanted, { ...options, store: whole.store });
    const { shared, paid } = await inPieces(wanted, options);
    // Everybody in a range is made, also where the run has enough users before its last place.
    expect(shared.countCalls()).toBe(whole.store.countCalls());
    expect(paid).toBe(whole.put.size);
    let asked = 0;
    const after = { ...shared, putCall: () => void asked++ };
    expect(JSON.stringify(await simRun(wanted, { ...options, store: after }))).toBe(JSON.stringify(usual));
    expect(asked).toBe(0);
  });

  it("have names that people can read, and ranges without gaps", () => {
    const unit: WorkUnit = { kind: "users", split: "train", from: 0, to: 50 };
    expect(unitName(unit)).toBe("train users 0-49");
    expect(unitName({ kind: "answers", world: 7, method: "routing", from: 0, to: 0 })).toBe(
      "routing in world 7, fitted",
    );
    expect(ranges(3, 10, 3)).toEqual([
      { from: 3, to: 6 },
      { from: 6, to: 9 },
      { from: 9, to: 10 },
    ]);
    expect(ranges(4, 4, 3)).toEqual([]);
  });
});
