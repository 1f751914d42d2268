import { setImmediate as nextTurn } from "node:timers/promises";
import { ApmError } from "../../core/errors.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { unitDoer } from "../../pipeline/units/do-unit.ts";
import { shardUnits } from "../../pipeline/units/shard.ts";
import { ranges } from "../../pipeline/units/unit.ts";
import { answerPlainly, prepareUsers, worldsOf } from "../../pipeline/users.ts";

/** Users who are made together: what they wait for is in memory at the same time. */
const WINDOW = 200;
/** Where nothing happens for so long, everything waits for answers that are not there. */
const STILL_MS = 100;
/** So long where nothing was found to be missing: then something else must be waited for. */
const STUCK_MS = 20_000;

/** What a pass needs. */
export interface PassOptions {
  /** The same run anew: what waits in one for ever is forgotten with it. */
  setUp(): RunSetup;
  /** Grows while something happens. */
  activity(): number;
  /** How many calls have begun to wait for answers that are not there. */
  waits(): number;
  /** Whether something is under way that is no such wait. */
  isBusy(): boolean;
  readonly stop: AbortSignal;
}

/** How far a run has come. */
export type Reached = "users" | "answers" | "all";

/**
 * Lets a run go as far as there are answers, all users and then all methods and worlds side by side. Who meets a call without
 * an answer waits for ever; the pass goes on without it.
 * @returns what calls are missing for; `all`: there is nothing left
 * @throws whatever the run throws
 */
export async function passThrough(options: PassOptions): Promise<Reached> {
  const { setUp } = options;
  const first = setUp();
  let isWhole = true;
  const users = shardUnits(first, "users", { index: 1, of: 1 }).flatMap((unit) =>
    ranges(unit.from, unit.to, WINDOW).map((range) => ({ ...unit, ...range })),
  );
  for (const unit of users) {
    const run = setUp();
    if (!(await ends(() => unitDoer(run)(unit), options))) isWhole = false;
  }
  if (!isWhole) return "users";
  const run = setUp();
  // Those who take the place of failed users.
  const everybody = async (): Promise<unknown> => {
    const { test } = await prepareUsers(run, run.methods, worldsOf(run));
    return answerPlainly(run, test);
  };
  if (!(await ends(everybody, options))) return "users";
  const work = unitDoer(setUp());
  const answers = shardUnits(first, "answers", { index: 1, of: 1 });
  return (await ends(() => Promise.all(answers.map((unit) => work(unit))), options)) ? "all" : "answers";
}

/** Whether the work comes to its end; otherwise all of it waits for answers. @throws what the work throws */
async function ends(
  work: () => Promise<unknown>,
  { activity, waits, isBusy, stop }: PassOptions,
): Promise<boolean> {
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  const before = waits();
  work().then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      failure = { error };
    },
  );
  let seen = -1;
  let since = performance.now();
  while (!isDone) {
    stop.throwIfAborted();
    await nextTurn();
    if (activity() !== seen || isBusy()) {
      seen = activity();
      since = performance.now();
      continue;
    }
    const still = performance.now() - since;
    // What else was begun may still be at work on the store.
    if (failure !== undefined && still > STILL_MS) throw failure.error;
    if (still > STILL_MS && waits() > before) return false;
    if (still > STUCK_MS) {
      throw new ApmError("the run waits for something that is no call of a model", {
        remedy: "see whether a system outside or a trainer that it asks answers",
      });
    }
    if (still > 5) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return true;
}
