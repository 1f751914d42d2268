import { join } from "node:path";
import { styleLabels } from "../../core/artifacts.ts";
import { parseUserConfig } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import type { Results } from "../../core/run-record.ts";
import type { Watcher } from "../../core/watch.ts";
import type { RatedUser } from "../../exports/parquet.ts";
import { isOracle } from "../../methods/about.ts";
import { BASELINE } from "../../methods/registry.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import { prepareUsers, worldsOf } from "../../pipeline/users.ts";
import { ratingAt } from "../../ratings/rating-matrix.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { beginRun, readyRun } from "../compose.ts";
import { nothingPaid } from "../nothing-paid.ts";
import { completeConfig } from "../resolve.ts";
import { openWorkplace } from "../workplace.ts";
import type { RunFolder } from "./exporter.ts";

/**
 * The users of a finished run with their candidates and ratings, made again from its store: nothing is asked.
 * @throws UsageError where the store has not all of them, or another process holds the directory
 */
export async function storedCandidates(
  system: System,
  { dir, results }: RunFolder,
  watcher: Watcher,
): Promise<Iterable<RatedUser>> {
  const file = join(dir, RUN_FILES.config);
  const config = completeConfig(system, parseUserConfig(parseJson(system, file), file));
  const ready = await readyRun(system, { ...config, methods: whoNeeds(results), budget: {} });
  const place = openWorkplace(system, dir, {});
  const open = beginRun(ready, { ...place, budget: nothingPaid(dir, place.budget) });
  const progress = watcher(open.totals);
  try {
    const setup = { ...open.setup, observe: progress.observe, sink: { user() {}, sample() {} } };
    const users = await prepareUsers(setup, ready.methods, worldsOf(setup));
    const rated = [...users.train, ...users.validation, ...users.test].filter((u) => u.candidates.length > 0);
    return rated.values().map((user) => ratedUser(user, config));
  } finally {
    progress.end();
    void ready.providers.close();
    place.close();
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

function ratedUser({ profile, candidates, ratings, columns }: PreparedUser, { pool }: Config): RatedUser {
  const labels = styleLabels(pool.principles);
  return {
    user: profile.id,
    split: profile.split,
    candidates: labels.map((label, row) => ({
      ...label,
      text: candidates[row]?.text ?? null,
      scores: columns.map((column) => ({
        principle: pool.principles[column] as string,
        score: ratingAt(ratings, row, column),
      })),
    })),
  };
}
