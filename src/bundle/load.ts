import { join } from "node:path";
import type { Split } from "../core/artifacts.ts";
import { UsageError } from "../core/errors.ts";
import type { System } from "../core/ports/system.ts";
import { type Direction, scoreBounds } from "../core/rating-scale.ts";
import type { Row } from "../parquet/table.ts";
import type { FrozenUsers, PreparedUser, RecordedAnswer, RecordedAnswers } from "../pipeline/prepared.ts";
import { ratedPrinciples } from "../pipeline/users.ts";
import { knownScores, type ScoredTexts } from "./known-scores.ts";
import { tableFile } from "./manifest.ts";
import { bundleUsers, type OpenBundle, rowsOf, wrong } from "./read-users.ts";
import { ANSWERS } from "./tables.ts";

/** A frozen set in memory, checked. */
export interface LoadedBundle extends Omit<FrozenUsers, "known"> {
  /** The non-personalized answers to test users; `null` where there was none. */
  readonly plain: ReadonlyMap<string, string | null>;
  readonly answers: RecordedAnswers;
}

/**
 * Reads the users of a set, with what the judge said of answers to test users.
 * @throws UsageError for tables of another form, and for a set that does not tell attributes and ratings
 */
export async function loadBundle(system: System, bundle: OpenBundle): Promise<LoadedBundle> {
  const { config, worlds, users: counts, ratedTest } = bundle.manifest;
  if (worlds === undefined) {
    throw new UsageError(
      "the worlds of this set are hidden: its test users' ratings are with the organiser",
      {
        where: bundle.folder,
        remedy:
          "see with `apm-bench data tasks` what a method may learn from, and send your answers to those who published the set",
      },
    );
  }
  const rated = ratedPrinciples({ config }, worlds);
  const users: Record<Split, PreparedUser[]> = { train: [], validation: [], test: [] };
  const plain = new Map<string, string | null>();
  const texts: ScoredTexts = new Map();
  for await (const user of bundleUsers(system, bundle)) {
    const { id, split, history, prompt, candidates, ratings, attributes } = user;
    if (attributes === null) throw wrong("this user has no attributes", `${bundle.folder}, user ${id}`);
    const profile = { id, split, attributes };
    const columns = candidates.length === 0 ? [] : rated(profile);
    const prepared: PreparedUser = { profile, text: { id, history, prompt }, candidates, ratings, columns };
    if (split === "test") {
      plain.set(id, user.plain);
      users.test.push({ ...prepared, known: knownScores(prepared, config.pool.principles, texts) });
    } else users[split].push(prepared);
  }
  const answers = await recordedAnswers(system, bundle, users.test, plain, texts);
  return { users, replaced: counts.replaced, ratedTest, worlds, plain, answers };
}

async function recordedAnswers(
  system: System,
  bundle: OpenBundle,
  test: readonly PreparedUser[],
  plain: LoadedBundle["plain"],
  texts: ScoredTexts,
): Promise<RecordedAnswers> {
  const byId = new Map(test.map((user) => [user.profile.id, user]));
  const methods = new Map<string, Map<number, Map<string, RecordedAnswer>>>();
  const [low, high] = scoreBounds(bundle.manifest.config.judge.mapping);
  for await (const row of rowsOf(system, bundle, "answers", ANSWERS)) {
    const { world, method, user: id } = row as { world: number; method: string; user: string };
    const place = `${join(bundle.folder, tableFile("answers"))}, user ${id.slice(0, 80)}`;
    const user = byId.get(id);
    if (user === undefined) throw wrong("an answer is to nobody in this set", place);
    const worlds = setDefault(methods, method, () => new Map<number, Map<string, RecordedAnswer>>());
    const answers = setDefault(worlds, world, () => new Map<string, RecordedAnswer>());
    const answer = setDefault(answers, id, () => answerIn(row, user, plain, place));
    const score = row.score as number | null;
    if (score !== null && !(score >= low && score <= high)) throw wrong(`${score} is no score`, place);
    if (row.principle === null || answer.text === null) continue;
    const scores = setDefault(
      setDefault(texts, id, () => new Map()),
      answer.text,
      () => new Map(),
    );
    scores.set(`${row.draw} ${row.principle}`, score);
  }
  return methods;
}

function answerIn(row: Row, user: PreparedUser, plain: LoadedBundle["plain"], place: string): RecordedAnswer {
  const { kind, style_principle: principle, style_direction: direction } = row;
  const label = typeof principle === "string" ? { principle, direction: direction as Direction } : undefined;
  const text = (): string | null => {
    if (kind === "plain") return plain.get(user.profile.id) ?? null;
    if (kind === "own") return row.answer as string | null;
    if (kind === "none") return null;
    const found = user.candidates.find((c) => c?.principle === principle && c?.direction === direction);
    if (kind !== "candidate" || !found) throw wrong("an answer has no text", place);
    return found.text;
  };
  return { text: text(), ...(label && { label }) };
}

function setDefault<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
