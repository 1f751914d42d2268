import type { Target } from "../core/artifacts.ts";
import type { Judge } from "../judge/judge.ts";
import { reward } from "../world/reward.ts";

/** An answer's judged scores on the user's targets, in their order, and the reward they make. */
export interface ScoredAnswer {
  readonly scores: readonly (number | null)[];
  readonly reward: number | null;
}

/**
 * Scores an answer on the principles that the user's reward weighs; a missing answer has missing scores.
 * @param prompt what it answers
 */
export async function scoreAnswer(
  judge: Judge,
  text: string | null,
  prompt: string,
  targets: readonly Target[],
  principles: readonly string[],
): Promise<ScoredAnswer> {
  if (text === null) return { scores: targets.map(() => null), reward: null };
  const scores = await judge.rateAll(
    text,
    targets.map((t) => principles[t.principle] as string),
    prompt,
  );
  const byPrinciple = new Map(targets.map((t, i) => [t.principle, scores[i] ?? null]));
  return { scores, reward: reward(targets, (principle) => byPrinciple.get(principle) ?? null) };
}
