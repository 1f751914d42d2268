import { styleLabels } from "../../core/artifacts.ts";
import { callKeys } from "../../core/call-key.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import type { Config } from "../../core/config/resolved.ts";
import { ApmError } from "../../core/errors.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import type { Store } from "../../core/ports/store.ts";
import type { Crew, CrewStage } from "../../pipeline/crew.ts";
import { firstRequest, MAKERS, type MadeUser, type Maker, type UserOrder } from "../../pipeline/make-user.ts";
import { retell } from "../../pipeline/recorded-gauges.ts";
import type { Budget } from "../../providers/decorators/budget.ts";
import type { UsageCounter } from "../../providers/decorators/metered.ts";
import { fitsInThreads } from "./fits.ts";
import { unpackUsers } from "./packed-user.ts";
import { slab } from "./slab.ts";
import { brokenThread, type CrewLane, type CrewThreads } from "./threads.ts";
import { type UsersDone, type UsersJob, userMaker } from "./users-job.ts";

/** Users of one job: a few hundredths of a second, so that threads end a stage together. */
const USERS_OF_JOB = 4;
/** With fewer calls to make, starting a thread takes longer than it saves. */
const LEAST_CALLS = 20_000;
/** Jobs that a thread has at hand, so that it never waits for the next one. */
const AHEAD = 2;

/** What a crew works on behalf of. */
export interface CrewWork {
  readonly config: Config;
  readonly models: Readonly<Record<Maker, LanguageModel>>;
  readonly store: Store & Required<Pick<Store, "putPacked">>;
  readonly budget: Budget;
  counter(role: Maker): UsageCounter;
  /** Aborted when the run shall stop. */
  readonly stop: AbortSignal;
}

/**
 * A crew of these threads and the one that it is opened in, whose share is what the others leave.
 * @param leastCalls with fewer calls to make, all are made here
 */
export function openCrew(threads: CrewThreads, work: CrewWork, leastCalls = LEAST_CALLS): Crew {
  const { config, models, store, budget, stop } = work;
  const { pool, judge, styles } = config;
  const settings = Object.fromEntries(MAKERS.map((role) => [role, config.models[role]]));
  const makerConfig = {
    pool,
    judge,
    ...(styles && { styles }),
    models: settings as UsersJob["config"]["models"],
  };
  const labels = styleLabels(pool.principles);
  const keyOf = callKeys(models.rewriter.identity);
  const counters = MAKERS.map((role) => work.counter(role));
  const bytes = slab();
  const textOf = (key: Uint8Array): string => {
    const call = store.getCall(key);
    if (call === undefined) throw lostCandidate();
    return call.text;
  };
  let hasMade = false;
  /** Making a user begins with this request: who has it has been made before, if only in part. */
  const isKnown = (order: UserOrder): boolean =>
    store.getCall(keyOf(firstRequest(makerConfig, order))) !== undefined;

  /** Keeps and counts what was done elsewhere, as if each call had been made here. */
  const keep = ({ calls, repeats, notes }: UsersDone, { gauges }: CrewStage): void => {
    let made = 0;
    store.putPacked(calls, (tag, isNew, usage) => {
      const counter = counters[tag] as UsageCounter;
      if (isNew) counter.call(usage);
      else counter.hit();
      if (isNew) made++;
    });
    budget.made(made);
    for (const [tag, times] of repeats.entries()) for (let i = 0; i < times; i++) counters[tag]?.repeat();
    retell(notes, gauges);
  };

  return {
    // Whose users were all made before has fitted before, too.
    ...fitsInThreads(threads, store, () => hasMade),
    async makeUsers(orders, count, stage) {
      if (count * callsOf(config) < leastCalls) {
        return mapConcurrent(orders, config.concurrency, async (order) =>
          told(await stage.make(order), stage),
        );
      }
      const users: MadeUser[] = [];
      const known: { readonly order: UserOrder; readonly at: number }[] = [];
      const here = userMaker(makerConfig);
      const source = orders[Symbol.iterator]();
      let taken = 0;
      let failed = false;
      /** The next users who must be made, with their places. */
      const next = (): { orders: UserOrder[]; places: number[] } | undefined => {
        stop.throwIfAborted();
        const job = { orders: [] as UserOrder[], places: [] as number[] };
        while (!failed && job.orders.length < USERS_OF_JOB) {
          const step = source.next();
          if (step.done) break;
          const at = taken++;
          if (isKnown(step.value)) known.push({ order: step.value, at });
          else {
            job.orders.push(step.value);
            job.places.push(at);
          }
        }
        return job.orders.length === 0 ? undefined : job;
      };
      const worker = async (make: (orders: UserOrder[]) => Promise<UsersDone>): Promise<void> => {
        try {
          for (let job = next(); job !== undefined; job = next()) {
            const done = await make(job.orders);
            if (failed) return;
            keep(done, stage);
            for (const [i, user] of unpackUsers(done, job.orders, labels, bytes, textOf).entries())
              users[job.places[i] as number] = told(user, stage);
            giveBack(done);
          }
        } catch (error) {
          failed = true;
          throw error;
        }
      };
      const inThread = (lane: CrewLane) => async (orders: UserOrder[]) =>
        ((await lane
          .run({ users: { config: makerConfig, orders } })
          .catch(brokenThread)) as UsersDone | null) ?? alone(orders);
      /** In this thread, one job at a time, and after the messages of the others. */
      let turn: Promise<unknown> = Promise.resolve();
      const alone = (orders: UserOrder[]): Promise<UsersDone> => {
        const mine = turn.then(() => new Promise(setImmediate)).then(() => here(orders));
        turn = mine.catch(() => {});
        return mine;
      };
      const workers = [
        ...threads.lanes.flatMap((lane) => Array.from({ length: AHEAD }, () => worker(inThread(lane)))),
        worker(alone),
      ];
      hasMade = true;
      const ends = await Promise.allSettled(workers);
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      await mapConcurrent(known, config.concurrency, async ({ order, at }) => {
        users[at] = told(await stage.make(order), stage);
      });
      return users;
    },
  };
}

/**
 * Frees the bytes of users that were kept, which V8 would let lie until its next full collection: it knows little of what lies
 * outside its heap.
 */
function giveBack({ calls, keys }: UsersDone): void {
  calls.buffer.transfer(0);
  keys.buffer.transfer(0);
}

/** A row that is damaged counts as missing, and a missing one is made again. */
const lostCandidate = (): ApmError =>
  new ApmError("a candidate that was stored a moment ago cannot be read from the store", {
    where: "calls.sqlite",
    remedy: "see that the disk is sound, and run the same command again: what is missing is made anew",
  });

function told(user: MadeUser, stage: CrewStage): MadeUser {
  stage.told(user);
  return user;
}

/** Calls that a user takes. */
function callsOf({ historyLength, pool }: Config): number {
  const styles = 2 * pool.principles.length;
  return historyLength + 1 + styles * (1 + pool.principles.length);
}
