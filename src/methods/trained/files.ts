import { contentKey } from "../../core/hash.ts";
import type { TrainerJob } from "../../core/ports/trainer.ts";
import { type JobContext, trainerOf } from "./job.ts";

const FILE = "trainer-file";

/** Files of a trained job, from the store or the trainer. */
export async function trainedFiles(
  job: TrainerJob,
  place: string,
  names: readonly string[],
  context: JobContext,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const key = contentKey(`${job.key} ${name}`);
    const bytes =
      context.artifacts.getArtifact(FILE, key) ?? (await trainerOf(context, place).file(job.key, name));
    context.artifacts.putArtifact(FILE, key, bytes);
    files.set(name, bytes);
  }
  return files;
}
