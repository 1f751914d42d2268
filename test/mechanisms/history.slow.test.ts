import { beforeAll, describe, expect, it } from "vitest";
import type { UserConfig } from "../../src/core/config/schema.ts";
import { rngOf, rootKey } from "../../src/core/random.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { accuracyOf, asImported, gainOver, type SimRun, simRun } from "../support/sim-run.ts";
import { STUDY } from "./study.ts";

const LEARNED = ["routing", "RAG-Exemplar", "RAG-Summary"];
/** A method beats another when the paired test says so at 1 % and the gain is one. */
const beats = (run: SimRun, method: string, other: string): boolean => {
  const { gain, p } = gainOver(run, method, other);
  return gain > 0 && p < 0.01;
};

describe("what learned methods gain, they gain from the history", () => {
  const store = memoryStore();
  let normal: SimRun;
  beforeAll(async () => {
    normal = await simRun(STUDY, { store });
  });

  // What retrieval gains, a study of this size cannot tell from nothing.
  it("with histories, routing beats majority routing: the study is large enough to tell", () => {
    expect(beats(normal, "routing", "majority routing")).toBe(true);
  });

  it("without any history no learned method beats majority routing, and routing is majority routing", async () => {
    const run = await simRun({ ...STUDY, historyLength: 0 }, { store });
    expect(run.users.every((u) => u.history.length === 0)).toBe(true);
    expect(LEARNED.filter((m) => beats(run, m, "majority routing"))).toEqual([]);
    expect(gainOver(run, "routing", "majority routing")).toEqual({ gain: 0, p: expect.anything() });
  });

  it("with histories shuffled between users none beats majority routing; put back, all is as before", async () => {
    const users = asImported(normal.users);
    const donors = rngOf(rootKey("history.test")).shuffle(users);
    const shuffled = users.map((user, i) => ({
      ...user,
      prompts: [...(donors[i]?.prompts.slice(0, -1) ?? []), user.prompts.at(-1) as string],
    }));
    const run = await simRun(STUDY, { store, imported: shuffled });
    expect(LEARNED.filter((m) => beats(run, m, "majority routing"))).toEqual([]);
    const back = await simRun(STUDY, { store, imported: users });
    expect(back.samples).toEqual(normal.samples);
  });

  it("a longer history makes routing more accurate", async () => {
    const accuracy: number[] = [];
    for (const historyLength of [1, 6]) {
      const study: UserConfig = { ...STUDY, historyLength, methods: ["routing"] };
      accuracy.push(accuracyOf(await simRun(study, { store }), "routing"));
    }
    accuracy.splice(1, 0, accuracyOf(normal, "routing"));
    const [one, two, six] = accuracy as [number, number, number];
    expect(one).toBeGreaterThan(0.2); // of 8 labels
    expect(two).toBeGreaterThan(one + 0.05);
    expect(six).toBeGreaterThan(two + 0.05);
  });
});
