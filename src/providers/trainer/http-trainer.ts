import { z } from "zod";
import { ProviderError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/clock.ts";
import {
  TRAINER_PROTOCOL,
  type Trainer,
  type TrainerHealth,
  type TrainerJob,
} from "../../core/ports/trainer.ts";
import { notUnderstood } from "./failures.ts";
import { followJob } from "./follow.ts";
import type { TrainerRequests } from "./requests.ts";
import {
  answersSchema,
  FILE_NAME,
  healthSchema,
  type JobState,
  probabilitiesSchema,
  stateSchema,
} from "./wire.ts";

/** A call holds at most so many questions: the trainer batches them by length. */
const QUESTIONS_A_CALL = 256;
const USERS_A_CALL = 1_000;

/**
 * A trainer behind HTTP (docs/trainer-protocol.md).
 * @param patienceMs how long a trainer may be away in the middle of a training: it may be started anew meanwhile
 */
export function httpTrainer(
  requests: TrainerRequests,
  { clock, stop, patienceMs = 3 * 60_000 }: { clock: Clock; stop: AbortSignal; patienceMs?: number },
): Trainer {
  const { place } = requests;
  let greeted: Promise<TrainerHealth> | undefined;
  const greet = (): Promise<TrainerHealth> => {
    greeted ??= health(requests).catch((error: unknown) => {
      greeted = undefined;
      throw error;
    });
    return greeted;
  };
  const stateOf = async (key: string): Promise<JobState | undefined> => {
    const found = await requests.json("GET", `jobs/${key}`, { absent: true });
    return found === undefined ? undefined : parsed(place, stateSchema, found);
  };
  const begin = async ({ key, request, initial = new Map() }: TrainerJob): Promise<JobState> => {
    for (const [name, bytes] of initial) await requests.bytes("PUT", `jobs/${key}/files/${name}`, bytes);
    return parsed(place, stateSchema, await requests.json("PUT", `jobs/${key}`, { body: request }));
  };
  return {
    place,
    answersLater: true,
    health: greet,
    async begin(job) {
      await greet();
      return (await begin(job)).state;
    },
    async train(job, progress) {
      await greet();
      const result = (): Promise<unknown> => requests.json("GET", `jobs/${job.key}/result`);
      return followJob(
        job.key,
        { place, begin: () => begin(job), stateOf, result, progress },
        { clock, stop, patienceMs },
      );
    },
    async has(key) {
      await greet();
      return (await stateOf(key))?.state === "done";
    },
    async file(key, name) {
      if (!FILE_NAME.test(name))
        throw notUnderstood(place, `"${name}" is no name of a file`, "see the trainer's log");
      return requests.bytes("GET", `jobs/${key}/files/${name}`);
    },
    async answers(key, questions) {
      const all: z.output<typeof answersSchema> = [];
      for (let at = 0; at < questions.length; at += QUESTIONS_A_CALL) {
        const part = questions.slice(at, at + QUESTIONS_A_CALL);
        const given = await requests.json("POST", `jobs/${key}/answers`, { body: { requests: part } });
        const { answers } = parsed(place, z.object({ answers: answersSchema }), given);
        if (answers.length !== part.length || answers.some(({ id }, i) => id !== part[i]?.id)) {
          throw notUnderstood(
            place,
            "the trainer answers other questions than were asked",
            "see the trainer's log",
          );
        }
        all.push(...answers);
      }
      return all;
    },
    async probabilities(key, users) {
      const all = new Map<string, readonly number[]>();
      for (let at = 0; at < users.length; at += USERS_A_CALL) {
        const body = { users: users.slice(at, at + USERS_A_CALL) };
        const given = await requests.json("POST", `jobs/${key}/probabilities`, { body });
        const { probabilities } = parsed(place, z.object({ probabilities: probabilitiesSchema }), given);
        for (const [id, vector] of Object.entries(probabilities)) all.set(id, vector);
      }
      return all;
    },
  };
}

async function health(requests: TrainerRequests): Promise<TrainerHealth> {
  const { place } = requests;
  let said: unknown;
  try {
    said = await requests.json("GET", "health");
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 404) throw error;
    throw notUnderstood(place, "what answers there is no trainer", "give the address of `apm-trainer serve`");
  }
  const found = healthSchema.safeParse(said);
  if (!found.success || found.data.name !== "apm-trainer") {
    throw notUnderstood(place, "what answers there is no trainer", "give the address of `apm-trainer serve`");
  }
  const { protocol, version } = found.data;
  if (protocol !== TRAINER_PROTOCOL) {
    throw notUnderstood(
      place,
      `the trainer (version ${version}) speaks protocol ${protocol}, and this apm-bench speaks ${TRAINER_PROTOCOL}`,
      "install the trainer that comes with this version of apm-bench: pip install ./trainer",
    );
  }
  return found.data;
}

/** @throws ProviderError for an answer of another form */
function parsed<T>(place: string, schema: z.ZodType<T>, value: unknown): T {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw notUnderstood(
    place,
    `the trainer's answer has another form: ${issue?.path.join(".")}: ${issue?.message}`,
    "install the trainer that comes with this version of apm-bench: pip install ./trainer",
  );
}
