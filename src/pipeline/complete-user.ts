import { writeCandidates } from "../candidates/candidates.ts";
import { styleLabels, type UserProfile } from "../core/artifacts.ts";
import type { Config } from "../core/config/resolved.ts";
import type { LanguageModel } from "../core/ports/language-model.ts";
import { createJudge } from "../judge/judge.ts";
import { rateCandidates } from "../ratings/rating-matrix.ts";
import type { StageGauges } from "./gauges.ts";
import type { PreparedUser } from "./prepared.ts";

/** The principles (by index) that a user's candidates are rated on; `null`: users get no candidates. */
export type RatedPrinciples = ((profile: UserProfile) => readonly number[]) | null;

/** A user whose texts are known. */
export type WrittenUser = Pick<PreparedUser, "profile" | "text">;
/** The same with candidates, and which principles they are to be rated on. */
export type AnsweredUser = Omit<PreparedUser, "ratings">;

/** What of a run decides candidates and ratings, but for the candidate LLM, which is a stage's. */
interface Completing {
  readonly config: Pick<Config, "pool" | "judge" | "styles">;
  readonly models: { readonly judge: LanguageModel };
}

/** Adds candidates and ratings to a user whose texts are known. */
export async function completeUser(
  run: Completing,
  user: WrittenUser,
  rated: RatedPrinciples,
  gauges: StageGauges,
): Promise<PreparedUser> {
  return addRatings(run, await addCandidates(run, user, rated, gauges), gauges);
}

/** The first half of `completeUser`, which asks the candidate LLM alone. */
export async function addCandidates(
  { config }: Pick<Completing, "config">,
  { profile, text }: WrittenUser,
  rated: RatedPrinciples,
  gauges: StageGauges,
): Promise<AnsweredUser> {
  const columns = rated?.(profile) ?? [];
  const candidates = rated
    ? await writeCandidates(
        gauges.model("candidate"),
        styleLabels(config.pool.principles, config.styles?.avoid),
        text.prompt,
      )
    : [];
  return { profile, text, candidates, columns };
}

/** The second half of `completeUser`, which asks the judge alone. */
export async function addRatings(
  { config, models }: Completing,
  { profile, text, candidates, columns }: AnsweredUser,
  gauges: StageGauges,
): Promise<PreparedUser> {
  const judge = createJudge(models.judge, config.judge, gauges.of("judge"));
  const ratings = await rateCandidates(judge, candidates, text.prompt, config.pool.principles, columns);
  return { profile, text, candidates, ratings, columns };
}
