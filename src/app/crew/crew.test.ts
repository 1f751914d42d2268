import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/contracts/temporary-folder.ts";
import { simSetup } from "../../../test/support/sim-run.ts";
import type { RunEvent } from "../../core/events.ts";
import type { LanguageModel, ModelRole } from "../../core/ports/language-model.ts";
import { prepareSplit } from "../../pipeline/prepare.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { ratedPrinciples } from "../../pipeline/users.ts";
import { callBudget } from "../../providers/decorators/budget.ts";
import { guardedModel } from "../../providers/decorators/guarded.ts";
import { usageMeter } from "../../providers/decorators/metered.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import { openCrew } from "./crew.ts";
import { fitter } from "./fit-job.ts";
import type { CrewJob, CrewLane } from "./threads.ts";
import { userMaker } from "./users-job.ts";

const directory = temporaryFolder();
let stores = 0;
const USERS = 16;
/** With this seed a rewrite fails. */
const SETTINGS = { pool: "k4", seed: 5, users: { train: USERS }, conversations: { perUser: 4 } };

/** A set-up with all guards, and a crew of these lanes. */
function crewed(lanes: readonly CrewLane[] | undefined, path = join(directory, `${stores++}.sqlite`)) {
  const store = openSqliteStore(path);
  const meter = usageMeter();
  const budget = callBudget({}, store);
  const wrap = (model: LanguageModel, role: ModelRole) => guardedModel(model, role, { store, meter, budget });
  // The set-up's own cache is empty: what counts is the one of the guards.
  const setup = simSetup(SETTINGS, { wrap });
  const notes: RunEvent[] = [];
  let told = 0;
  const stop = new AbortController();
  const run: RunSetup = {
    ...setup,
    store,
    repeated: (role, asks) => meter.repeated(role, setup.models[role], asks),
    observe: (event) => void (event.type === "progress" ? told++ : notes.push(event)),
    ...(lanes && {
      crew: openCrew(
        { lanes, isClosed: () => false, close: async () => {} },
        {
          config: setup.config,
          models: setup.models,
          store: { ...store, putPacked: store.putPacked as NonNullable<typeof store.putPacked> },
          budget,
          counter: (role) => meter.counter(role, setup.models[role]),
          stop: stop.signal,
        },
        0,
      ),
    }),
  };
  const users = async () => {
    const { users: made, replaced } = await prepareSplit(run, "train", USERS, ratedPrinciples(run, []));
    const plain = made.map(({ candidates, ...rest }) => ({
      ...rest,
      candidates: candidates.map((c) => c && { ...c, text: c.text }),
    }));
    const rows = meter.rows();
    const calls = store.countCalls();
    store.close();
    return { plain, replaced, rows, calls, notes, told, spent: budget.spent() };
  };
  return { users, stop, path };
}

/** A lane that does its jobs in this thread, or as `run` says. */
const lane = (run: CrewLane["run"] = here): CrewLane => ({
  run,
  load: () => 0,
  close: async () => {},
});

const here = (job: CrewJob) =>
  "fit" in job ? fitter()(job.fit) : userMaker(job.users.config)(job.users.orders);

describe("a crew", () => {
  it("makes the same users, calls and counts as one thread alone", async () => {
    const alone = await crewed(undefined).users();
    expect(alone.replaced).toBeGreaterThan(0);
    expect(await crewed([]).users()).toEqual(alone);
    expect(await crewed([lane(), lane()]).users()).toEqual(alone);
  });

  it("does here what failed in a thread", async () => {
    const failing = lane(async () => null);
    expect(await crewed([failing]).users()).toEqual(await crewed([lane()]).users());
  });

  it("asks for nothing again that is stored, and counts it as such", async () => {
    const first = crewed([lane()]);
    const made = await first.users();
    const asked = lane(() => Promise.reject(new Error("a stored user was handed out")));
    const again = await crewed([asked], first.path).users();
    expect(again.plain).toEqual(made.plain);
    expect(again.calls).toBe(made.calls);
    expect(again.rows.map(({ calls }) => calls)).toEqual(again.rows.map(() => 0));
  });

  it("tells of a thread that broke down, and what to do", async () => {
    const broken = lane(() => Promise.reject(new Error("out of memory")));
    await expect(crewed([broken]).users()).rejects.toMatchObject({
      message: "a thread of the run broke down: out of memory",
      remedy: expect.stringContaining("threads: 1"),
    });
  });

  it("stops when it is asked to", async () => {
    const { users, stop } = crewed([lane()]);
    stop.abort(new Error("stopped on request"));
    await expect(users()).rejects.toThrow("stopped on request");
  });
});
