import { join } from "node:path";
import { z } from "zod";
import { parseJsonl } from "../core/jsonl.ts";
import type { System } from "../core/ports/system.ts";
import type { Example, Results, Sample, UserRecord } from "../core/run-record.ts";
import { RUN_FILES } from "./run-directory.ts";

const userLine = z.looseObject({ user: z.string(), prompt: z.string(), history: z.array(z.string()) });
const sampleLine = z.looseObject({ world: z.number(), method: z.string(), user: z.string() });

/**
 * The first test users of a run with every method's answer in its first world: not picked, so that nobody need wonder
 * by what. Empty when the run directory does not hold its users and samples.
 */
export function readExamples(system: System, dir: string, results: Results, most: number): Example[] {
  const files = [join(dir, RUN_FILES.users), join(dir, RUN_FILES.samples)] as const;
  if (!files.every((file) => system.exists(file))) return [];
  const [usersFile, samplesFile] = files;
  const users = records<UserRecord>(system, usersFile, userLine).take(most).toArray();
  const answers = new Map(users.map(({ user }) => [user, [] as Sample[]]));
  const first = results.worlds[0]?.seed;
  for (const sample of records<Sample>(system, samplesFile, sampleLine, [...answers.keys()]))
    if (sample.world === first) answers.get(sample.user)?.push(sample);
  return users.map((user) => ({ user, samples: answers.get(user.user) as Sample[] }));
}

/** The records of a file; of those that name a user, only the named ones are parsed. */
function records<T>(
  system: System,
  file: string,
  schema: z.ZodType,
  users?: readonly string[],
): IteratorObject<T> {
  const named = users?.map((user) => `"user":${JSON.stringify(user)}`);
  const lines = Iterator.from(system.readLines(file)).filter(
    ({ text }) => named === undefined || named.some((name) => text.includes(name)),
  );
  return parseJsonl(lines, file, schema) as IteratorObject<unknown> as IteratorObject<T>;
}
