import { personaOf } from "../../catalog/personas.ts";
import { traitLines } from "../../conversations/rewrite.ts";
import type { Pool, UserProfile, UserText } from "../../core/artifacts.ts";
import { mapConcurrent } from "../../core/concurrency.ts";
import type { Observer } from "../../core/events.ts";
import { generateText } from "../../core/generate-text.ts";
import type { LanguageModel } from "../../core/ports/language-model.ts";
import { fold, type Key } from "../../core/random.ts";
import { type Grounds, NAIVE_CRITERIA, rateByCriterion } from "../../judge/criteria.ts";
import { createJudge } from "../../judge/judge.ts";
import type { JudgeSettings } from "../../judge/settings.ts";
import type { Variant } from "./variants.ts";

/** A user whose answers are rated. */
export interface BiasUser {
  readonly profile: UserProfile;
  readonly text: UserText;
}

export interface BiasPlan {
  readonly models: readonly { readonly name: string; readonly model: LanguageModel }[];
  readonly variants: readonly Variant[];
  readonly users: readonly BiasUser[];
  readonly pool: Pool;
  readonly judge: LanguageModel;
  readonly settings: JudgeSettings;
  readonly concurrency: number;
  /** Decides which persona a user is given. */
  readonly key: Key;
}

/** One answer with its scores, 1..10, by criterion: the naive ones, then the principles. Missing ones are `null`. */
export interface BiasSample {
  readonly model: string;
  readonly user: string;
  readonly variant: string;
  readonly answer: string | null;
  readonly naive: readonly (number | null)[];
  readonly principles: readonly (number | null)[];
}

/** How many calls the collection makes, answers and scores, when no score has to be asked for twice. */
export function callsOf({
  models,
  variants,
  users,
  pool,
}: Omit<BiasPlan, "judge" | "settings" | "key">): number {
  const answers = models.length * variants.length * users.length;
  return answers * (1 + NAIVE_CRITERIA.length + pool.principles.length);
}

/**
 * Answers every user under every variant with every base model, and rates each answer by every criterion. In the order
 * of models, users, variants.
 */
export async function collectBias(plan: BiasPlan, observe: Observer): Promise<BiasSample[]> {
  const { models, variants, users, concurrency } = plan;
  const rater = raterOf(plan);
  const samples: BiasSample[] = [];
  for (const { name, model } of models) {
    const stage = `answers of ${name}`;
    const tasks = users.flatMap((user) => variants.map((variant) => ({ user, variant })));
    observe({ type: "stage", stage, total: tasks.length });
    const made = await mapConcurrent(tasks, concurrency, async ({ user, variant }): Promise<BiasSample> => {
      const answer = await generateText(model, variant.messages(user.text.prompt));
      const scores = await rater(user, answer);
      observe({ type: "progress", stage, done: 1, total: tasks.length });
      return { model: name, user: user.profile.id, variant: variant.id, answer, ...scores };
    });
    for (const sample of made) samples.push(sample);
  }
  return samples;
}

/** Rates an answer by everything; a missing answer has missing scores. */
function raterOf({ judge: model, settings, pool, key }: BiasPlan) {
  const judge = createJudge(model, settings);
  return async (
    { profile, text }: BiasUser,
    answer: string | null,
  ): Promise<Pick<BiasSample, "naive" | "principles">> => {
    if (answer === null) {
      return { naive: NAIVE_CRITERIA.map(() => null), principles: pool.principles.map(() => null) };
    }
    const grounds: Grounds = {
      prompt: text.prompt,
      profile: traitLines(pool, profile.attributes),
      persona: personaOf(fold(fold(key, "persona"), profile.id)),
    };
    const [naive, principles] = await Promise.all([
      Promise.all(NAIVE_CRITERIA.map((c) => rateByCriterion(model, settings, c, answer, grounds))),
      judge.rateAll(answer, pool.principles, text.prompt),
    ]);
    return { naive, principles };
  };
}
