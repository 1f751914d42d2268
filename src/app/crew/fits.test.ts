import { describe, expect, it } from "vitest";
import { simSetup } from "../../../test/support/sim-run.ts";
import { fitMethod, learnersIn, runMemory } from "../../pipeline/fit.ts";
import { fitsAhead } from "../../pipeline/fit-ahead.ts";
import { prepareUsers, worldsOf } from "../../pipeline/users.ts";
import { memoryStore } from "../../store/memory.ts";
import { type Fitter, fitter } from "./fit-job.ts";
import { fitsInThreads } from "./fits.ts";
import type { CrewThreads } from "./threads.ts";

const SETTINGS = {
  pool: "k4",
  users: { train: 30, validation: 8, test: 2 },
  conversations: { perUser: 4 },
  worlds: 2,
  methods: [
    "none",
    "routing",
    { id: "routing", name: "by rewards", labels: "rewards" as const },
    "rag-summary",
  ],
};

/** Users of a run, its fits, and threads that do them here as `doFit` does. */
async function fitting(doFit: Fitter = fitter()) {
  const store = memoryStore();
  const run = simSetup(SETTINGS, { store });
  const worlds = worldsOf(run);
  const users = await prepareUsers(run, run.methods, worlds);
  let count = 0;
  const lane: CrewThreads["lanes"][number] = {
    run: async (job) => ("fit" in job ? doFit(job.fit) : null),
    load: () => 0,
    close: async () => void count++,
  };
  const threads = { lanes: [lane], isClosed: () => false, close: async () => {} };
  const ahead = fitsAhead(run, run.methods, users, worlds);
  const fits = fitsInThreads(threads, store, () => true);
  return { store, run, worlds, users, ahead, fits, ended: () => count };
}

describe("fits that are done ahead", () => {
  it("are those of the methods that fit alone, and are found when the methods fit", async () => {
    const { store, run, worlds, users, ahead, fits } = await fitting();
    expect(ahead.map(({ method, world }) => [method, world])).toEqual(
      worlds.flatMap(({ seed }) => [
        ["routing", seed],
        ["by rewards", seed],
      ]),
    );
    fits.fitAhead(ahead);
    const closed = {
      ...store,
      putArtifact: (kind: string) => {
        throw new Error(`a ${kind} was fitted again`);
      },
    };
    const memo = runMemory();
    for (const world of worlds) {
      for (const method of run.methods.filter(({ id }) => id === "routing")) {
        await fits.fitted(method.name, world.seed);
        const learners = learnersIn(run, users, world);
        const found = await fitMethod({ ...run, store: closed }, method, world, learners, memo);
        const own = await fitMethod({ ...run, store: memoryStore() }, method, world, learners, runMemory());
        for (const { text } of users.test) {
          const user = { ...text, candidates: [] };
          expect(await found(user)).toEqual(await own(user));
        }
      }
    }
  });

  it("are begun one a thread, and the others once somebody asks", async () => {
    const begun: string[] = [];
    const { worlds, ahead, fits, ended } = await fitting(async ({ key }) => {
      begun.push(JSON.stringify(key));
      return [];
    });
    fits.fitAhead(ahead);
    await new Promise(setImmediate);
    expect(begun).toHaveLength(1);
    expect(ended()).toBe(0);
    await fits.fitted("routing", worlds[0]!.seed);
    await expect.poll(() => begun.length).toBe(ahead.length);
    await expect.poll(ended).toBe(1);
  });

  it("end no thread before users are made, where there are none", async () => {
    const { worlds, fits, ended } = await fitting();
    fits.fitAhead([]);
    await new Promise(setImmediate);
    expect(ended()).toBe(0);
    await fits.fitted("rag-summary", worlds[0]!.seed);
    await expect.poll(ended).toBe(1);
  });

  it("are left to the method where a thread could not do them", async () => {
    const { store, run, worlds, users, ahead, fits } = await fitting(() => Promise.resolve([]));
    fits.fitAhead(ahead);
    const [world] = worlds;
    await fits.fitted("routing", world!.seed);
    const method = run.methods.find(({ name }) => name === "routing")!;
    await fitMethod({ ...run, store }, method, world!, learnersIn(run, users, world!), runMemory());
  });

  it("end the run when a thread breaks down, once somebody asks for them", async () => {
    const { worlds, ahead, fits } = await fitting(() => Promise.reject(new Error("gone")));
    fits.fitAhead(ahead);
    await expect(fits.fitted("routing", worlds[0]!.seed)).rejects.toThrow(
      "a thread of the run broke down: gone",
    );
  });
});
