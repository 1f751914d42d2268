import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { nodeFiles } from "../../src/app/node-files.ts";
import { StoppedError } from "../../src/core/errors.ts";
import type { Trainer, TrainerProgress } from "../../src/core/ports/trainer.ts";
import { systemClock } from "../../src/providers/decorators/system-clock.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { httpTrainer } from "../../src/providers/trainer/http-trainer.ts";
import { trainersOf } from "../../src/providers/trainer/open.ts";
import { trainerRequests } from "../../src/providers/trainer/requests.ts";
import { type StandInTrainer, standInTrainer } from "../support/stand-in-trainer.ts";
import { standInWork } from "../support/stand-in-work.ts";
import { QUESTIONS, routerJob, softPromptJob } from "../support/trainer-jobs.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { trainerContract } from "./trainer-contract.ts";

const folder = temporaryFolder();
const MODEL = { name: "owner/small" };
const started: StandInTrainer[] = [];
const stop = new AbortController().signal;

async function standIn(): Promise<StandInTrainer> {
  const trainer = await standInTrainer();
  started.push(trainer);
  return trainer;
}

const trainerAt = (url: string, env: Record<string, string> = {}, patienceMs = 60_000): Trainer =>
  httpTrainer(trainerRequests(url, { env, transport: httpTransport(env, stop), stop }), {
    clock: systemClock,
    stop,
    patienceMs,
  });

afterEach(async () => {
  for (const trainer of started.splice(0)) await trainer.close();
});

trainerContract("a server", async () => ({
  trainer: trainerAt((await standIn()).url),
  router: routerJob(MODEL),
  soft: softPromptJob(MODEL),
  questions: QUESTIONS,
}));

let folders = 0;
const jobsFolder = (): string => join(folder, `jobs-${folders++}`);
/** What `apm-trainer run` does in every folder. */
function carryOut(jobs: string): void {
  for (const key of readdirSync(jobs)) {
    const { result, files } = standInWork(JSON.parse(readFileSync(join(jobs, key, "request.json"), "utf8")));
    mkdirSync(join(jobs, key, "artifact"), { recursive: true });
    for (const [name, bytes] of files) writeFileSync(join(jobs, key, "artifact", name), bytes);
    writeFileSync(join(jobs, key, "result.json"), JSON.stringify(result));
  }
}
const opened = trainersOf(
  { ...nodeFiles(folder), env: {}, stopSignal: stop },
  { transport: httpTransport({}, stop), clock: systemClock },
);

trainerContract("a folder", async () => {
  const jobs = jobsFolder();
  return {
    trainer: opened(`folder:${jobs}`),
    router: routerJob(MODEL),
    soft: softPromptJob(MODEL),
    questions: QUESTIONS,
    carryOut: () => carryOut(jobs),
  };
});

describe("a trainer's server", () => {
  const job = routerJob(MODEL);

  it("tells of steps, speed and what is left", async () => {
    const told: TrainerProgress[] = [];
    await trainerAt((await standIn()).url).train(job, (progress) => told.push(progress));
    expect(told).toContainEqual(
      expect.objectContaining({
        state: "running",
        step: 2,
        steps: 4,
        tokensPerSecond: 812.5,
        secondsLeft: 3,
      }),
    );
  });

  it("may be killed in the middle: it is waited for, and the job goes on where it was", async () => {
    const server = await standIn();
    server.diesAtStep = true;
    const told: TrainerProgress[] = [];
    let isBack = false;
    const result = trainerAt(server.url).train(job, (progress) => {
      told.push(progress);
      if (/is away/.test(progress.phase ?? "") && !isBack) {
        isBack = true;
        void server.restart();
      }
    });
    expect(await result).toMatchObject({ kind: "encoder-router" });
    expect(told.map(({ step }) => step).filter((step) => step !== undefined)).toEqual([0, 1, 2, 3, 4]);
  });

  it("that stays away ends the run, which the same job goes on from later", async () => {
    const server = await standIn();
    server.diesAtStep = true;
    const lost = trainerAt(server.url, {}, 1).train(job, () => {});
    await expect(lost).rejects.toThrow("the trainer is away: connection refused");
    await expect(lost).rejects.toMatchObject({
      remedy: expect.stringMatching(/start it .* the same command goes on/),
    });
    await server.restart();
    expect(await trainerAt(server.url).train(job, () => {})).toMatchObject({ keptEpoch: 1 });
    expect(server.jobs.size).toBe(1);
  });

  it.each([
    [
      "out-of-memory",
      /the training failed \(out-of-memory\)/,
      /lower what is computed at once .* nothing is lost/,
    ],
    ["killed", /the training failed \(killed\)/, /without enough memory .* nothing is lost/],
  ])(
    "that fails with %s says what helps, and goes on when it is asked again",
    async (kind, message, remedy) => {
      const server = await standIn();
      server.failWith = { kind, message: "it was too much" };
      const failed = trainerAt(server.url).train(job, () => {});
      await expect(failed).rejects.toThrow(message);
      await expect(failed).rejects.toMatchObject({ remedy: expect.stringMatching(remedy) });
      server.failWith = undefined;
      await trainerAt(server.url).train(job, () => {});
      expect([...server.jobs.values()][0]?.step).toBe(4);
    },
  );

  it("wants its token, which is never shown", async () => {
    const server = await standIn();
    server.token = "the-right-token";
    await expect(trainerAt(server.url).health()).rejects.toThrow("wants a token, and none is set");
    const wrong = trainerAt(server.url, { APM_TRAINER_TOKEN: "a-wrong-token" }).health();
    await expect(wrong).rejects.toThrow("the trainer refuses the token");
    await expect(wrong).rejects.not.toThrow(/a-wrong-token/);
    const right = trainerAt(server.url, { APM_TRAINER_TOKEN: "the-right-token" });
    expect(await right.train(job, () => {})).toMatchObject({ keptEpoch: 1 });
    expect((await right.probabilities(job.key, [{ id: "x", history: ["hey"] }])).get("x")).toHaveLength(4);
  });

  it("of another protocol is refused before anything is posted", async () => {
    const server = await standIn();
    server.protocol = 2;
    const refused = trainerAt(server.url).train(job, () => {});
    await expect(refused).rejects.toThrow("speaks protocol 2, and this apm-bench speaks 1");
    expect(server.log).toEqual(["GET /v1/health"]);
  });

  it("is told from something else that answers", async () => {
    const server = await standIn();
    await expect(trainerAt(`${server.url}/elsewhere`).health()).rejects.toThrow("is no trainer");
  });

  it("whose answer has another form is not believed", async () => {
    const server = await standIn();
    const trainer = trainerAt(server.url);
    await trainer.train(job, () => {});
    const router = [...server.jobs.values()][0]!;
    Object.assign(router.request!.data, {
      labels: ["only one"],
      train: [{ id: "t", history: [], target: [Number.NaN] }],
    });
    await expect(trainer.probabilities(job.key, [{ id: "x", history: ["a"] }])).rejects.toThrow(
      "has another form",
    );
  });
});

describe("a folder of jobs", () => {
  it("says what to do, and is a deliberate stop", async () => {
    const trainer = opened(`folder:${jobsFolder()}`);
    const waiting = trainer.train(softPromptJob(MODEL), () => {});
    await expect(waiting).rejects.toThrow(StoppedError);
    await expect(waiting).rejects.toMatchObject({
      remedy: expect.stringContaining('apm-trainer run "$job"'),
    });
  });

  it("tells a job that failed from one that waits", async () => {
    const jobs = jobsFolder();
    const trainer = opened(`folder:${jobs}`);
    const job = routerJob(MODEL);
    await trainer.begin(job);
    writeFileSync(
      join(jobs, job.key, "state.json"),
      JSON.stringify({ state: "failed", error: { kind: "out-of-memory", message: "CUDA out of memory" } }),
    );
    await expect(trainer.train(job, () => {})).rejects.toThrow(
      "the training failed (out-of-memory): CUDA out of memory",
    );
  });

  it("has no answer to what was not asked before", async () => {
    const jobs = jobsFolder();
    const trainer = opened(`folder:${jobs}`);
    const job = softPromptJob(MODEL);
    await trainer.begin(job);
    carryOut(jobs);
    await expect(trainer.answers(job.key, [{ ...QUESTIONS[0]!, id: "new" }])).rejects.toThrow(
      "answers only what was asked before the training",
    );
  });
});

it("a place that is neither an address nor a folder is refused", () => {
  expect(() => opened("localhost")).toThrow('"localhost" is no trainer');
});
