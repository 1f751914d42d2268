import { type ImportedUser, importedProfile } from "../conversations/imported.ts";
import { type Pool, styleLabels } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { stageGauges } from "./gauges.ts";
import { completeUser, type RatedPrinciples } from "./prepare.ts";
import type { PreparedSplit, PreparedUser } from "./prepared.ts";
import type { RunSetup } from "./run-setup.ts";

/** Test users from outside: their own texts, and their own candidates and ratings where they bring them. */
export async function prepareImported(
  run: RunSetup,
  imported: readonly ImportedUser[],
  rated: RatedPrinciples,
): Promise<PreparedSplit> {
  const { config, observe } = run;
  const stage = "imported test users";
  observe({ type: "stage", stage, total: imported.length });
  const gauges = stageGauges(run, stage);
  const users = await mapConcurrent(imported, config.concurrency, async (user) => {
    const profile = importedProfile(
      user,
      config.pool,
      config.historyLength,
      config.users.testFile ?? "test users",
    );
    const text = {
      id: user.user,
      history: user.prompts.slice(0, config.historyLength),
      prompt: user.prompts[user.prompts.length - 1] as string,
    };
    const made = await (hasOwnRatings(user, config.pool)
      ? ownRatings(user, run, { profile, text })
      : completeUser(run, profile, text, rated, gauges));
    observe({ type: "progress", stage, done: 1, total: imported.length });
    return made;
  });
  gauges.end();
  return { users, replaced: 0 };
}

/** Whether a user brings an answer and its scores for every style label of the pool. */
export function hasOwnRatings(user: ImportedUser, pool: Pool): boolean {
  return styleLabels(pool.principles).every(
    (label) =>
      user.candidates?.some((c) => c.principle === label.principle && c.direction === label.direction) &&
      user.ratings?.some((r) => r.principle === label.principle && r.direction === label.direction),
  );
}

function ownRatings(
  user: ImportedUser,
  { config }: RunSetup,
  { profile, text }: Pick<PreparedUser, "profile" | "text">,
): PreparedUser {
  const { principles } = config.pool;
  const labels = styleLabels(principles);
  const same =
    (a: { principle: string; direction: string }) => (b: { principle: string; direction: string }) =>
      a.principle === b.principle && a.direction === b.direction;
  const scores = labels.flatMap((label) => {
    const rating = user.ratings?.find(same(label));
    return principles.map((p) => rating?.scores.find((s) => s.principle === p)?.score ?? Number.NaN);
  });
  return {
    profile,
    text,
    candidates: labels.map((label) => user.candidates?.find(same(label)) ?? null),
    ratings: { rows: labels.length, columns: principles.length, scores: Float64Array.from(scores) },
    columns: principles.map((_, i) => i),
  };
}
