import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENCODER_FOLDER, REAL_FOLDER, weightsOf } from "../../scripts/real/places.ts";
import { ApmError } from "../../src/core/errors.ts";
import type { Trainer, TrainerJob, TrainerProgress } from "../../src/core/ports/trainer.ts";
import { systemClock } from "../../src/providers/decorators/system-clock.ts";
import { httpTransport } from "../../src/providers/http/transport.ts";
import { httpTrainer } from "../../src/providers/trainer/http-trainer.ts";
import { trainerRequests } from "../../src/providers/trainer/requests.ts";
import { temporaryFolder } from "../contracts/temporary-folder.ts";
import { trainerContract } from "../contracts/trainer-contract.ts";
import { writeRandomCheckpoint } from "../support/random-checkpoint.ts";
import { QUESTIONS, routerJob, softPromptJob } from "../support/trainer-jobs.ts";
import { type RealTrainer, startRealTrainer, trainerPython } from "./real-trainer.ts";

const folder = temporaryFolder();
const work = join(folder, "work");
const models = join(folder, "models");
const allowed = [models, ...(existsSync(REAL_FOLDER) ? [REAL_FOLDER] : [])];
const TINY = join(import.meta.dirname, "..", "..", "models", "tiny");
const stop = new AbortController().signal;
let server: RealTrainer;

const trainerAt = (url: string, env: Record<string, string> = {}, patienceMs?: number): Trainer =>
  httpTrainer(trainerRequests(url, { env, transport: httpTransport(env, stop), stop }), {
    clock: systemClock,
    stop,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
/** A busy machine takes its time to start a trainer. */
const PATIENT_MS = 15 * 60_000;

beforeAll(async () => {
  writeRandomCheckpoint(join(models, "llama"));
  trainerPython(join(import.meta.dirname, "tiny_modernbert.py"), join(models, "modernbert"), TINY);
  server = await startRealTrainer(work, allowed);
});
afterAll(() => server.stop());

const QUICK = { learningRate: 0.01, epochs: 2, checkpointSteps: 1 };
const ROUTER = routerJob({ path: "modernbert" }, { ...QUICK, microBatch: 2, accumulate: 2 });
const SOFT = softPromptJob({ path: "llama" }, { ...QUICK, rank: 2, alpha: 4, batchSize: 2 });

/** Long enough to be killed in the middle, or as its result is fetched. */
const long = ({ request, ...job }: TrainerJob): TrainerJob => ({
  ...job,
  request: { ...request, settings: { ...(request.settings as object), epochs: 12 } },
});

let trials = 0;
/** The same request under another key: another job, with the same result. */
const anew = (job: TrainerJob): TrainerJob => ({ ...job, key: (trials++).toString(16).padStart(32, "c") });
/** Without what may differ between two runs of a job. */
const resultOf = (result: unknown): unknown => ({ ...(result as object), run: undefined });

trainerContract("apm-trainer", async () => {
  const [router, soft] = [anew(ROUTER), anew(SOFT)];
  return { trainer: trainerAt(server.url), router, soft, questions: QUESTIONS };
});

describe("apm-trainer", () => {
  it.each([
    ["an encoder router", long(ROUTER)],
    ["a soft prompt", long(SOFT)],
  ])("killed in the middle of %s, and started again, comes to the same result", async (_, job) => {
    const whole = resultOf(await trainerAt(server.url).train(anew(job), () => {}));
    const again = anew(job);
    const own = join(folder, `killed-${trials}`);
    let other = await startRealTrainer(own, allowed);
    const port = Number(new URL(other.url).port);
    let restarted: Promise<void> | undefined;
    const told: TrainerProgress[] = [];
    try {
      const result = await trainerAt(other.url, {}, PATIENT_MS).train(again, (progress) => {
        told.push(progress);
        if ((progress.step ?? 0) < 2) return;
        restarted ??= other.kill().then(async () => {
          other = await startRealTrainer(own, allowed, { port });
        });
      });
      expect(resultOf(result)).toEqual(whole);
    } finally {
      await restarted;
      await other.stop();
    }
    expect(restarted).toBeDefined();
    expect(told.some(({ phase }) => phase?.includes("is away"))).toBe(true);
  });

  it("refuses a folder that it was not given, and says so", async () => {
    const job = anew(routerJob({ path: TINY }));
    const refused = trainerAt(server.url).train(job, () => {});
    await expect(refused).rejects.toThrow(ApmError);
    await expect(refused).rejects.toThrow(/not-allowed/);
  });

  it("wants the token that it was started with", async () => {
    const guarded = await startRealTrainer(join(folder, "guarded"), allowed, {
      token: "a-token-of-some-length",
    });
    await expect(trainerAt(guarded.url).health()).rejects.toThrow("wants a token, and none is set");
    await expect(trainerAt(guarded.url, { APM_TRAINER_TOKEN: "another-token" }).health()).rejects.toThrow(
      "refuses the token",
    );
    const { protocol } = await trainerAt(guarded.url, {
      APM_TRAINER_TOKEN: "a-token-of-some-length",
    }).health();
    expect(protocol).toBe(1);
    await guarded.stop();
  });

  it.skipIf(!existsSync(ENCODER_FOLDER))("fine-tunes a real small encoder", async () => {
    const job = anew(
      routerJob(
        { path: ENCODER_FOLDER },
        { epochs: 4, learningRate: 1e-3, microBatch: 4, accumulate: 1, maxTokens: 64 },
      ),
    );
    const result = (await trainerAt(server.url).train(job, () => {})) as {
      accuracy: Record<"train" | "validation", { label: number }>;
      epochs: { validationLoss: number }[];
    };
    expect(result.accuracy.train.label).toBe(1);
    expect(result.epochs.at(-1)!.validationLoss).toBeLessThan(result.epochs[0]!.validationLoss);
  });

  it.skipIf(!existsSync(weightsOf("smollm2")))("trains a real LLM, which then answers", async () => {
    const settings = {
      rank: 2,
      alpha: 4,
      batchSize: 4,
      learningRate: 1e-3,
      epochs: 1,
      maxPromptTokens: 48,
      maxAnswerTokens: 16,
    };
    const job = anew(softPromptJob({ path: weightsOf("smollm2") }, settings));
    const trainer = trainerAt(server.url);
    const result = (await trainer.train(job, () => {})) as {
      epochs: { trainLoss: number | null; validationLoss: number }[];
    };
    expect(result.epochs).toHaveLength(2);
    for (const { validationLoss } of result.epochs) expect(Number.isFinite(validationLoss)).toBe(true);
    const answers = await trainer.answers(job.key, QUESTIONS);
    for (const { text, outputTokens } of answers) {
      expect(text.length).toBeGreaterThan(0);
      expect(outputTokens).toBeLessThanOrEqual(6);
    }
  });
});
