import { isMainThread, parentPort } from "node:worker_threads";
import { canonicalJson } from "../../core/hash.ts";
import type { Order, Reply } from "../../neural/thread-lane.ts";
import { type UserMaker, type UsersDone, type UsersJob, userMaker } from "./users-job.ts";

/** What a thread of a crew answers: `null` when the job failed, and is to be done where an error can be told. */
export type CrewReply = UsersDone | null;

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const makers = new Map<string, UserMaker>();
  const makerOf = (config: UsersJob["config"]): UserMaker => {
    const name = canonicalJson(config);
    const maker = makers.get(name) ?? userMaker(config);
    makers.set(name, maker);
    return maker;
  };
  const work = async ({ id, job }: Order<UsersJob>): Promise<void> => {
    let result: CrewReply = null;
    try {
      result = await makerOf(job.config)(job.orders);
    } catch {
      // Told by whoever does the job again.
    }
    const reply: Reply<CrewReply> = { id, result };
    port.postMessage(reply, result === null ? [] : [result.calls.buffer, result.texts.buffer]);
  };
  /** One job after the other: a maker makes some users at a time. */
  let turn = Promise.resolve();
  port.on("message", (order: Order<UsersJob>) => {
    turn = turn.then(() => work(order));
  });
}
