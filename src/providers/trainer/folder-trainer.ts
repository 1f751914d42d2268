import { join } from "node:path";
import { z } from "zod";
import { StoppedError } from "../../core/errors.ts";
import type { System } from "../../core/ports/system.ts";
import {
  TRAINER_PROTOCOL,
  type Trainer,
  type TrainerAnswer,
  type TrainerProgress,
} from "../../core/ports/trainer.ts";
import { jobFailed, notUnderstood } from "./failures.ts";
import { answersSchema, FILE_NAME, type JobState, probabilitiesSchema, stateSchema } from "./wire.ts";

/** Files of a job's folder: docs/trainer-protocol.md. */
const FILES = { request: "request.json", state: "state.json", result: "result.json" } as const;

/**
 * A folder in which jobs are laid down, for somebody else to carry out (`apm-trainer run`, as a job of a cluster), and their
 * results found. It answers nothing later: questions stand in the request.
 * @param path as configured, seen from the working directory
 */
export function folderTrainer(
  path: string,
  system: Pick<System, "readFile" | "writeFile" | "exists">,
): Trainer {
  const place = `folder:${path}`;
  const folderOf = (key: string): string => join(path, key);
  const json = (key: string, name: string): unknown => {
    const file = join(folderOf(key), name);
    if (!system.exists(file)) return undefined;
    try {
      return JSON.parse(Buffer.from(system.readFile(file)).toString());
    } catch {
      throw notUnderstood(
        place,
        `${file} is not valid JSON`,
        `remove it, and run the job again: apm-trainer run ${folderOf(key)}`,
      );
    }
  };
  const isDone = (key: string): boolean => system.exists(join(folderOf(key), FILES.result));
  /** What whoever carries it out has said last; a file that was cut off says nothing. */
  const saidOf = (key: string): JobState | undefined => {
    if (!system.exists(join(folderOf(key), FILES.state))) return undefined;
    const found = stateSchema.safeParse(json(key, FILES.state));
    return found.success ? found.data : undefined;
  };
  const stateOf = (key: string): TrainerProgress["state"] =>
    isDone(key) ? "done" : (saidOf(key)?.state ?? "queued");
  const resultOf = <T>(key: string, schema: z.ZodType<T>): T => {
    const found = schema.safeParse(json(key, FILES.result));
    if (found.success) return found.data;
    throw notUnderstood(
      place,
      `the result of job ${key} has another form`,
      `run it again with the trainer of this version: apm-trainer run ${folderOf(key)}`,
    );
  };
  /** A result is large, asked again and again, and never changes. */
  const answered = new Map<string, ReadonlyMap<string, TrainerAnswer>>();
  const answersIn = (key: string): ReadonlyMap<string, TrainerAnswer> => {
    const { answers } = resultOf(key, z.object({ answers: answersSchema }));
    return new Map(answers.map((answer) => [answer.id, answer]));
  };
  const lay: Trainer["begin"] = async ({ key, request, initial = new Map() }) => {
    if (!isDone(key) && !system.exists(join(folderOf(key), FILES.request))) {
      for (const [name, bytes] of initial) system.writeFile(join(folderOf(key), "initial", name), bytes);
      system.writeFile(join(folderOf(key), FILES.request), `${JSON.stringify(request)}\n`);
    }
    return stateOf(key);
  };
  return {
    place,
    answersLater: false,
    health: async () => ({ version: "", protocol: TRAINER_PROTOCOL, device: "folder" }),
    begin: lay,
    async train(job) {
      const state = await lay(job);
      if (state === "done") return json(job.key, FILES.result);
      const trouble = saidOf(job.key)?.error;
      if (state === "failed" && trouble) throw jobFailed(place, job.key, trouble);
      throw notYet(path, state === "running");
    },
    has: async (key) => isDone(key),
    async file(key, name) {
      const file = join(folderOf(key), "artifact", name);
      if (!FILE_NAME.test(name) || !system.exists(file)) {
        throw notUnderstood(
          place,
          `the artifact of job ${key} lacks ${name}`,
          `copy the whole folder back, or run it again: apm-trainer run ${folderOf(key)}`,
        );
      }
      return system.readFile(file);
    },
    async answers(key, questions) {
      const byId = answered.get(key) ?? answersIn(key);
      answered.set(key, byId);
      return questions.map(({ id }) => byId.get(id) ?? missing(place));
    },
    async probabilities(key, users) {
      const { probabilities } = resultOf(key, z.object({ probabilities: probabilitiesSchema }));
      return new Map(users.map(({ id }) => [id, probabilities[id] ?? missing(place)]));
    },
  };
}

/** A deliberate stop, which the same command goes on from. */
function notYet(path: string, isRunning: boolean): StoppedError {
  return new StoppedError(
    isRunning ? "a training job is still being worked on" : "training jobs wait to be carried out",
    {
      where: `folder:${path}`,
      remedy:
        `carry them out, here or wherever the folder is copied to: for job in ${path}/*/; do apm-trainer run "$job"; done ` +
        "(docs/train-on-a-gpu.md has a SLURM script); then the same command goes on",
    },
  );
}

/** What was not in a request has no answer. */
function missing(place: string): never {
  throw notUnderstood(
    place,
    "a folder of jobs answers only what was asked before the training, and this was not",
    'use a trainer behind an address for this: trainer: "http://localhost:8900"',
  );
}
