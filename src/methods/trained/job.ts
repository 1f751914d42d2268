import type { z } from "zod";
import { ApmError, UsageError } from "../../core/errors.ts";
import { canonicalJson, contentKey } from "../../core/hash.ts";
import type { Trainer, TrainerJob, TrainerRequest } from "../../core/ports/trainer.ts";
import { type Key, rngOf } from "../../core/random.ts";
import type { MethodContext } from "../method.ts";
import { followed } from "./words.ts";

/** Raised whenever what is sent would be trained otherwise, though the request reads the same. */
const VERSION = 1;
const RESULT = "trainer-result";

export type JobContext = Pick<MethodContext, "artifacts" | "note" | "trainers">;

/** A job, its key being all that decides its result. */
export function jobOf(request: TrainerRequest, initial?: ReadonlyMap<string, Uint8Array>): TrainerJob {
  const bytes = [...(initial ?? [])].map(([name, file]) => [
    name,
    Buffer.from(contentKey(latin(file))).toString("hex"),
  ]);
  const key = Buffer.from(contentKey(canonicalJson([VERSION, request, bytes]))).toString("hex");
  return { key, request, ...(initial && { initial }) };
}

/** A seed below 2^31 of a method's key. */
export const seedOf = (key: Key): number => Math.floor(rngOf(key).uniform() * 2 ** 31);

/** The trainer at a place. @throws UsageError where a run has no way to one */
export function trainerOf({ trainers }: JobContext, place: string): Trainer {
  if (trainers !== undefined) return trainers.open(place);
  throw new UsageError("there is no way to a trainer here", { where: place });
}

/**
 * The result of a job: from the store when it was trained before, for which nobody has to be there; else from the trainer,
 * which goes on from where it stopped.
 * @param what names it for whoever watches
 * @throws ApmError as `Trainer.train`, and for a result of another form
 */
export async function trainedResult<T>(
  job: TrainerJob,
  place: string,
  schema: z.ZodType<T>,
  { artifacts, note, trainers }: JobContext,
  what: string,
): Promise<T> {
  const key = contentKey(job.key);
  const stored = artifacts.getArtifact(RESULT, key);
  if (stored !== undefined) return schema.parse(JSON.parse(new TextDecoder().decode(stored)));
  const trainer = trainerOf({ artifacts, note, trainers }, place);
  const said = await trainer.train(job, followed(what, note));
  const found = schema.safeParse(said);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new ApmError(`the trainer's result has another form: ${issue?.path.join(".")}: ${issue?.message}`, {
      where: `trainer ${place}, job ${job.key}`,
      remedy: "install the trainer that comes with this version of apm-bench: pip install ./trainer",
    });
  }
  artifacts.putArtifact(RESULT, key, new TextEncoder().encode(JSON.stringify(found.data)));
  return found.data;
}

/** Whether the result of a job is in the store. */
export const isTrained = (job: TrainerJob, { artifacts }: JobContext): boolean =>
  artifacts.getArtifact(RESULT, contentKey(job.key)) !== undefined;

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
