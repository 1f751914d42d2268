import { styleLabels } from "../../core/artifacts.ts";
import type { Config } from "../../core/config/resolved.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import type { Watcher } from "../../core/watch.ts";
import type { RatedUser } from "../../exports/parquet.ts";
import { isOracle } from "../../methods/about.ts";
import { BASELINE } from "../../methods/registry.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { ratingAt } from "../../ratings/rating-matrix.ts";
import { openFinishedRun } from "../bundle/finished-run.ts";
import type { RunFolder } from "./exporter.ts";

/**
 * Hands over the users of a finished run with their candidates and ratings, made again from its store: nothing is asked.
 * @throws UsageError where the store has not all of them, or another process holds the directory
 */
export async function storedCandidates(
  system: System,
  { dir, results }: RunFolder,
  watcher: Watcher,
  take: (user: RatedUser) => void,
): Promise<void> {
  const run = await openFinishedRun(system, dir, watcher, whoNeeds(results));
  try {
    await run.eachUser((user) => {
      if (user.candidates.length > 0) take(ratedUser(user, results.config.pool.principles));
    });
  } finally {
    run.close();
  }
}

/** Methods of this package that need the candidates that the run's own did; the run's may be somebody's program. */
function whoNeeds({ methods, users }: Results): Config["methods"] {
  return [
    { id: BASELINE.id },
    ...(users.train > 0 ? [{ id: "routing" } as const] : []),
    ...(methods.some(isOracle) ? [{ id: "routing-oracle" } as const] : []),
  ];
}

function ratedUser(
  { profile, candidates, ratings, columns }: PreparedUser,
  principles: readonly string[],
): RatedUser {
  return {
    user: profile.id,
    split: profile.split,
    candidates: styleLabels(principles).map((label, row) => ({
      ...label,
      text: candidates[row]?.text ?? null,
      scores: columns.map((column) => ({
        principle: principles[column] as string,
        score: ratingAt(ratings, row, column),
      })),
    })),
  };
}
