import { z } from "zod";
import { ApmError } from "../../core/errors.ts";
import { parseJsonl } from "../../core/jsonl.ts";
import type { Results, Sample, UserRecord } from "../../core/run-record.ts";

const direction = z.enum(["follow", "avoid"]);
const number = z.number().nullable();

const userLine = z.looseObject({
  user: z.string(),
  attributes: z.array(z.looseObject({ attribute: z.string(), side: direction })),
  prompt: z.string(),
  baseline: z.string().nullable(),
});

const sampleLine = z.looseObject({
  world: z.number(),
  method: z.string(),
  user: z.string(),
  label: z.looseObject({ principle: z.string(), direction }).optional(),
  answer: z.string().nullable(),
  scores: z.array(z.looseObject({ principle: z.string(), direction, weight: z.number(), score: number })),
  reward: number,
  baselineReward: number,
});

type Lines = Iterable<{ readonly number: number; readonly text: string }>;
/** What is read of a stored user and a stored sample. */
export type StoredUser = Pick<UserRecord, "user" | "attributes" | "prompt" | "baseline">;
export type StoredSample = Pick<
  Sample,
  "world" | "method" | "user" | "label" | "answer" | "scores" | "reward" | "baselineReward"
>;

const REMEDY = "judge a finished run of this version, whose users.jsonl and samples.jsonl hold its answers";

/** The users of a run, in its order. @throws UsageError for a line without the texts or of another form */
export function storedUsers(lines: Lines, file: string): StoredUser[] {
  return [...parseJsonl(lines, file, userLine, REMEDY)];
}

/**
 * The samples of a run, one at a time, so that no run has to fit into memory.
 * @throws UsageError for a line without an answer or of another form; ApmError for one that is not of this run, and at
 *   the end when some are missing
 */
export function* storedSamples(
  lines: Lines,
  file: string,
  { methods, worlds, config }: Results,
  users: readonly StoredUser[],
): Generator<StoredSample> {
  const known = {
    method: new Set<string | number>(methods.map(({ name }) => name)),
    world: new Set<string | number>(worlds.map(({ seed }) => seed)),
    user: new Set<string | number>(users.map(({ user }) => user)),
    principle: new Set<string | number>(config.pool.principles),
  };
  const check = (what: keyof typeof known, name: string | number): void => {
    if (known[what].has(name)) return;
    throw new ApmError(`a stored answer is of ${what} ${name}, which the run does not have`, {
      where: file,
      remedy: "samples.jsonl, users.jsonl and results.json must be of one and the same run",
    });
  };
  const expected = methods.reduce((n, { summary }) => n + summary.users * summary.worlds, 0);
  let found = 0;
  for (const { label, ...sample } of parseJsonl(lines, file, sampleLine, REMEDY)) {
    found++;
    check("method", sample.method);
    check("world", sample.world);
    check("user", sample.user);
    for (const { principle } of sample.scores) check("principle", principle);
    yield label === undefined ? sample : { ...sample, label };
  }
  if (found !== expected) {
    throw new ApmError(`the run has ${expected} answers, and ${found} of them are stored`, {
      where: file,
      remedy: "run the benchmark again in its directory: completed calls are stored and not repeated",
    });
  }
}
