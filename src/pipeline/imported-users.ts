import { type ImportedUser, importedProfile } from "../conversations/imported.ts";
import { type Pool, styleLabels } from "../core/artifacts.ts";
import { mapConcurrent } from "../core/concurrency.ts";
import { completeUser, type RatedPrinciples, type WrittenUser } from "./complete-user.ts";
import { stageGauges } from "./gauges.ts";
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
    const written = writtenUser(user, run);
    const made = ownRatings(user, run) ?? (await completeUser(run, written, rated, gauges));
    observe({ type: "progress", stage, done: 1, total: imported.length });
    return made;
  });
  gauges.end();
  return { users, replaced: 0 };
}

/** The user's own texts, cut to what the configuration wants. */
export function writtenUser(user: ImportedUser, { config }: Pick<RunSetup, "config">): WrittenUser {
  const { pool, historyLength, users } = config;
  return {
    profile: importedProfile(user, pool, historyLength, users.testFile ?? "test users"),
    text: {
      id: user.user,
      history: user.prompts.slice(0, historyLength),
      prompt: user.prompts[user.prompts.length - 1] as string,
    },
  };
}

/** Whether a user brings an answer and its scores for every style label of the pool. */
export function hasOwnRatings(user: ImportedUser, pool: Pool): boolean {
  return styleLabels(pool.principles).every(
    (label) =>
      user.candidates?.some((c) => c.principle === label.principle && c.direction === label.direction) &&
      user.ratings?.some((r) => r.principle === label.principle && r.direction === label.direction),
  );
}

/** A user who brings candidates and ratings; `undefined` when some are to be made. */
export function ownRatings(user: ImportedUser, run: Pick<RunSetup, "config">): PreparedUser | undefined {
  if (!hasOwnRatings(user, run.config.pool)) return undefined;
  const { principles } = run.config.pool;
  const labels = styleLabels(principles);
  const same =
    (a: { principle: string; direction: string }) => (b: { principle: string; direction: string }) =>
      a.principle === b.principle && a.direction === b.direction;
  const scores = labels.flatMap((label) => {
    const rating = user.ratings?.find(same(label));
    return principles.map((p) => rating?.scores.find((s) => s.principle === p)?.score ?? Number.NaN);
  });
  return {
    ...writtenUser(user, run),
    candidates: labels.map((label) => user.candidates?.find(same(label)) ?? null),
    ratings: { rows: labels.length, columns: principles.length, scores: Float64Array.from(scores) },
    columns: principles.map((_, i) => i),
  };
}
