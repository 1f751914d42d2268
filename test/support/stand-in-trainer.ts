import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import type { TrainerQuestion, TrainerRequest } from "../../src/core/ports/trainer.ts";
import { type StandInWork, standInAnswers, standInProbabilities, standInWork } from "./stand-in-work.ts";

interface Job {
  request?: TrainerRequest;
  readonly initial: Map<string, Uint8Array>;
  step: number;
  state: "queued" | "running" | "done" | "failed";
  work?: StandInWork;
}

/** A small trainer, with the protocol of docs/trainer-protocol.md and next to no learning. */
export interface StandInTrainer {
  url: string;
  /** Every request, as `METHOD path`. */
  readonly log: string[];
  readonly jobs: ReadonlyMap<string, Job>;
  token: string | undefined;
  protocol: number;
  /** What the next job ends in, at its second step; it goes on when it is put again. */
  failWith: { kind: string; message: string; remedy?: string } | undefined;
  /** Whether the connection breaks, and nobody is there any more, at the second step. */
  diesAtStep: boolean;
  /** Ends without a word, as a killed process; jobs stay on its disk. */
  kill(): Promise<void>;
  /** Starts it again, at the same address: jobs under way have failed as `killed`, until they are put again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Steps of a job: one for each look at it. */
const STEPS = 4;

export async function standInTrainer(): Promise<StandInTrainer> {
  const jobs = new Map<string, Job>();
  const jobAt = (key: string): Job => {
    const job = jobs.get(key) ?? { initial: new Map(), step: 0, state: "queued" };
    jobs.set(key, job);
    return job;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    trainer.log.push(`${method} ${url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const json = (status: number, value: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const refuse = (status: number, kind: string, message: string): void =>
      json(status, { error: { kind, message } });
    if (trainer.token !== undefined && request.headers.authorization !== `Bearer ${trainer.token}`) {
      return refuse(401, "wrong-token", "the token is wrong");
    }
    if (url === "/v1/health") {
      return json(200, {
        name: "apm-trainer",
        version: "0.0.1",
        protocol: trainer.protocol,
        device: "cpu",
        devices: 1,
      });
    }
    const [, key = "", rest = ""] = /^\/v1\/jobs\/([0-9a-f]{16,128})(.*)$/.exec(url) ?? [];
    if (key === "") return refuse(404, "unknown", "there is no such path");
    if (method === "PUT" && rest.startsWith("/files/")) {
      jobAt(key).initial.set(rest.slice("/files/".length), body);
      return json(200, {});
    }
    if (method === "PUT") {
      const job = jobAt(key);
      const asked = JSON.parse(body.toString()) as TrainerRequest;
      if (job.request && JSON.stringify(job.request) !== JSON.stringify(asked)) {
        return refuse(409, "conflict", "the key belongs to another request");
      }
      job.request = asked;
      if (job.state !== "done") job.state = "running";
      return json(200, stateOf(job));
    }
    const job = jobs.get(key);
    if (job?.request === undefined) return refuse(404, "unknown", "there is no such job");
    if (rest === "") {
      if (job.state === "running") advance(job);
      if (trainer.diesAtStep && job.step === 2) {
        trainer.diesAtStep = false;
        response.destroy();
        return trainer.kill();
      }
      return json(200, stateOf(job));
    }
    if (job.work === undefined) return refuse(409, "conflict", "the job is not done yet");
    if (rest === "/result") return json(200, job.work.result);
    if (rest.startsWith("/files/")) {
      const bytes = job.work.files.get(rest.slice("/files/".length));
      return bytes
        ? void response.writeHead(200).end(bytes)
        : refuse(404, "unknown", "there is no such file");
    }
    const { requests, users } = JSON.parse(body.toString());
    return rest === "/answers"
      ? json(200, { answers: standInAnswers(requests as TrainerQuestion[]) })
      : json(200, { probabilities: standInProbabilities(job.request, users) });
  };
  const stateOf = (job: Job) => ({
    protocol: 1,
    state: job.state,
    progress: {
      phase: "training",
      step: job.step,
      steps: STEPS,
      epoch: 1,
      trainLoss: 0.6,
      tokensPerSecond: 812.5,
      secondsLeft: 3,
    },
    ...(job.state === "failed"
      ? { error: trainer.failWith ?? { kind: "killed", message: "the process was ended" } }
      : {}),
  });
  const advance = (job: Job): void => {
    job.step++;
    if (trainer.failWith !== undefined && job.step === 2) job.state = "failed";
    else if (job.step >= STEPS) {
      job.work = standInWork(job.request as TrainerRequest, job.initial);
      job.state = "done";
    }
  };
  let server = createServer((request, response) => void handle(request, response));
  const listen = (port: number): Promise<void> =>
    new Promise((done) => server.listen(port, "127.0.0.1", done));
  const end = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((done) => server.close(() => done()));
  };
  const trainer: StandInTrainer = {
    url: "",
    log: [],
    jobs,
    token: undefined,
    protocol: 1,
    failWith: undefined,
    diesAtStep: false,
    kill: end,
    async restart() {
      for (const job of jobs.values()) if (job.state === "running") job.state = "failed";
      server = createServer((request, response) => void handle(request, response));
      await listen(Number(new URL(trainer.url).port));
    },
    close: end,
  };
  await listen(0);
  trainer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return trainer;
}

/** Stand-ins that are closed after the test that started them. */
export function standInTrainers(): () => Promise<StandInTrainer> {
  const started: StandInTrainer[] = [];
  afterEach(async () => {
    for (const trainer of started.splice(0)) await trainer.close();
  });
  return async () => {
    const trainer = await standInTrainer();
    started.push(trainer);
    return trainer;
  };
}
