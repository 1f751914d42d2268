import { isMainThread, parentPort, type Transferable } from "node:worker_threads";
import { canonicalJson } from "../../core/hash.ts";
import type { Order, Reply } from "../../neural/thread-lane.ts";
import type { Fitter } from "./fit-job.ts";
import type { CrewJob, CrewReply } from "./threads.ts";
import { type UserMaker, type UsersJob, userMaker } from "./users-job.ts";

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const makers = new Map<string, UserMaker>();
  let fits: { readonly run: number; readonly fitter: Fitter } | undefined;

  const makerOf = (config: UsersJob["config"]): UserMaker => {
    const name = canonicalJson(config);
    const maker = makers.get(name) ?? userMaker(config);
    makers.set(name, maker);
    return maker;
  };
  const fitterOf = async (run: number): Promise<Fitter> => {
    // Methods are many modules, and most threads never fit.
    const { fitter } = await import("./fit-job.ts");
    if (fits?.run !== run) fits = { run, fitter: fitter() };
    return fits.fitter;
  };
  const resultOf = async (job: CrewJob): Promise<{ result: CrewReply; transfer: Transferable[] }> => {
    try {
      if ("fit" in job) return { result: await (await fitterOf(job.run))(job.fit), transfer: [] };
      const result = await makerOf(job.users.config)(job.users.orders);
      return { result, transfer: [result.calls.buffer, result.keys.buffer] };
    } catch {
      return { result: null, transfer: [] }; // told by whoever does the job again
    }
  };
  /** One job after the other: a maker makes some users at a time. */
  let turn = Promise.resolve();
  port.on("message", ({ id, job }: Order<CrewJob>) => {
    turn = turn.then(async () => {
      const { result, transfer } = await resultOf(job);
      port.postMessage({ id, result } satisfies Reply<CrewReply>, transfer);
    });
  });
}
