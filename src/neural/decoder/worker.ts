import { isMainThread, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Order, Reply } from "../thread-lane.ts";
import { createEngine } from "./engine.ts";
import type { Job } from "./jobs.ts";
import type { PlacedModel } from "./placed.ts";

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const engine = createEngine(workerData as PlacedModel);
  const take = ({ id, job }: Order<Job>): void =>
    engine.submit(job, (result) => port.postMessage({ id, result } satisfies Reply<unknown>));
  port.on("message", (order: Order<Job>) => {
    take(order);
    // Orders that come meanwhile join the batch at its next step, without a turn of the event loop.
    do {
      for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) take(more.message);
    } while (engine.step());
  });
}
