import { z } from "zod";
import type { Candidate } from "../core/artifacts.ts";
import { UsageError } from "../core/errors.ts";
import { parseJsonl } from "../core/jsonl.ts";
import type { System } from "../core/ports/system.ts";
import type { PreparedUser, RecordedAnswer } from "../pipeline/prepared.ts";
import type { World } from "../world/mapping.ts";
import { hashOf } from "./hash-file.ts";

/** Beyond this an answer is no chat message, and no judge would read it. */
const LONGEST_ANSWER = 100_000;

const answerLine = z.strictObject({
  world: z.string().max(100),
  user: z.string().max(500),
  answer: z.string().max(LONGEST_ANSWER).nullish(),
  label: z
    .strictObject({ principle: z.string().max(500), direction: z.enum(["follow", "avoid"]) })
    .optional(),
});

/** Answers of a method that was asked elsewhere. */
export interface AnswersFile {
  /** By world's seed and user. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, RecordedAnswer>>;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Pairs of user and world without an answer. */
  readonly missing: number;
}

/** What a world is called where its seed must not be told: the seed would give the mapping away. */
export const worldLabel = (index: number): string => `world-${index + 1}`;

/**
 * Reads answers to the test users of a frozen set: a text, or the style of a candidate whose text is meant.
 * @param worlds of the set, in its order
 * @throws UsageError naming the line that is wrong, that answers twice, or that answers nobody of the set
 */
export function readAnswers(
  system: System,
  file: string,
  worlds: readonly World[],
  test: readonly PreparedUser[],
): AnswersFile {
  const seeds = new Map(worlds.map(({ seed }, i) => [worldLabel(i), seed]));
  const users = new Map(test.map((user) => [user.profile.id, user]));
  const answers = new Map(worlds.map(({ seed }) => [seed, new Map<string, RecordedAnswer>()]));
  let [line, found] = [0, 0];
  for (const { world, user: id, answer, label } of parseJsonl(
    system.readLines(file),
    file,
    answerLine,
    FORM,
  )) {
    line++;
    const fail = (message: string, remedy: string): UsageError =>
      new UsageError(message, { where: `${file}, answer ${line}`, remedy });
    const own = answers.get(seeds.get(world) ?? Number.NaN);
    if (own === undefined)
      throw fail(`the set has no world "${world}"`, `its worlds: ${[...seeds.keys()].join(", ")}`);
    const user = users.get(id);
    if (user === undefined)
      throw fail(`the set has no test user "${id}"`, "answer the users of `data tasks` whose split is test");
    if (own.has(id)) throw fail(`${id} is answered twice in ${world}`, "leave one of the two answers out");
    const text = answer?.toWellFormed().trim();
    if (text) own.set(id, { text, ...(label && { label }) });
    else if (label && answer === undefined) own.set(id, { text: candidateOf(user, label, fail), label });
    else own.set(id, { text: null });
    found++;
  }
  return { answers, sha256: hashOf(system, file).sha256, missing: worlds.length * test.length - found };
}

const FORM =
  'write {"world": "world-1", "user": "...", "answer": "..."}, or "label" in place of "answer"; see docs/bundles.md';

/** The text of a candidate. @throws what `fail` makes */
function candidateOf(
  { candidates }: PreparedUser,
  { principle, direction }: Pick<Candidate, "principle" | "direction">,
  fail: (message: string, remedy: string) => UsageError,
): string | null {
  if (candidates.length === 0)
    throw fail("this set has no candidates of test users", "give the answer's text in place of a label");
  const at = candidates.findIndex((c) => c?.principle === principle && c.direction === direction);
  if (at >= 0) return candidates[at]?.text ?? null;
  if (candidates.some((c) => c === null)) return null;
  throw fail(
    `the set has no style "${direction} ${principle}"`,
    "choose one of the styles in the first line of the tasks",
  );
}
