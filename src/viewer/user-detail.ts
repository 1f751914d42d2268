import type { Sample } from "../core/run-record.ts";
import type { ShownAnswer, ShownText, UserDetail } from "./api-types.ts";
import type { RunIndex } from "./run-index.ts";
import { shownText } from "./shown-text.ts";
import { prepared } from "./statements.ts";

/** A user in one world with every method's answer; `null` when there is no such user or world. */
export function userDetail(index: RunIndex, user: string, world: number): UserDetail | null {
  const record = userRecord(index, user);
  const samples = samplesOf(index, user, world);
  const [first] = samples;
  if (first === undefined) return null;
  return {
    user,
    world,
    attributes: record?.attributes ?? [],
    history: record?.history.map(shownText) ?? [],
    prompt: record === null ? null : shownText(record.prompt),
    baseline: { answer: textOrNull(record?.baseline ?? null), reward: first.baselineReward },
    answers: samples.map(
      ({ method, answer, label, scores, reward, difference }): ShownAnswer => ({
        method,
        answer: textOrNull(answer),
        label: label ?? null,
        scores,
        reward,
        difference,
      }),
    ),
  };
}

function textOrNull(text: string | null): ShownText | null {
  return text === null ? null : shownText(text);
}

interface Place {
  readonly start: number | null;
  readonly length: number;
}

/** The whole record of a user, or `null`. */
export function userRecord(index: RunIndex, user: string): ReturnType<RunIndex["user"]> | null {
  const row = prepared(index.db, "SELECT start, length FROM users WHERE user = ?").get(user);
  const place = row as unknown as Place | undefined;
  return place === undefined || place.start === null ? null : index.user(place.start, place.length);
}

/** All methods' samples of a user in a world, in the run's order. */
function samplesOf(index: RunIndex, user: string, world: number): Sample[] {
  const places = prepared(
    index.db,
    `SELECT s.start, s.length FROM methods m
       JOIN samples s ON s.method = m.id AND s.world = ? AND s.user = (SELECT id FROM users WHERE user = ?)
       ORDER BY m.id`,
  ).all(world, user) as unknown as { start: number; length: number }[];
  return places.map(({ start, length }) => index.sample(start, length));
}

/** The whole sample of one method, or `null`. */
export function sampleOf(index: RunIndex, user: string, world: number, method: string): Sample | null {
  return samplesOf(index, user, world).find((s) => s.method === method) ?? null;
}
