import { parentPort, workerData } from "node:worker_threads";
import type { Clock } from "../core/ports/clock.ts";
import { openDatabase } from "./database.ts";
import type { HeartBeat, HeartOrder } from "./heart.ts";
import { openJobs } from "./jobs.ts";
import { BEAT_MS } from "./lost-jobs.ts";
import { keepPresence } from "./presence.ts";
import { forgetWorker, tellWorker } from "./runs.ts";

const clock: Clock = {
  now: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

const { url, where, version, presence, ...first } = workerData as HeartOrder;
let latest: HeartBeat = first;
const db = await openDatabase(url, { clock, where });
const queue = await openJobs(db, where);

const beat = async (): Promise<void> => {
  const { jobs, worker } = latest;
  await Promise.all([tellWorker(db, version, worker), ...jobs.map((job) => queue.touch(job))]);
};
const beatIfPossible = (): void => void beat().catch(() => {});
const timer = setInterval(beatIfPossible, BEAT_MS);
// A server that was away has heard nobody: it hears this worker as soon as it is back.
const endPresence = await keepPresence(url, presence, clock, beatIfPossible);
await beat();

parentPort?.on("message", async (message: HeartBeat | "stop") => {
  if (message !== "stop") {
    const isNew = message.worker.job !== latest.worker.job;
    latest = message;
    if (isNew) await tellWorker(db, version, message.worker).catch(() => {});
    return;
  }
  clearInterval(timer);
  await forgetWorker(db, latest.worker.id).catch(() => {});
  await endPresence();
  await queue.close();
  await db.close();
  parentPort?.close();
});
