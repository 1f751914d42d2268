import { join } from "node:path";
import type { Manifest } from "../../bundle/manifest.ts";
import { parseUserConfig } from "../../core/config/load.ts";
import type { Config } from "../../core/config/resolved.ts";
import { parseJson } from "../../core/json-file.ts";
import type { System } from "../../core/ports/system.ts";
import type { Watcher } from "../../core/watch.ts";
import { prepareImported } from "../../pipeline/imported-users.ts";
import { prepareInParts } from "../../pipeline/prepare.ts";
import type { PreparedUser } from "../../pipeline/prepared.ts";
import type { RunSetup } from "../../pipeline/run-setup.ts";
import { answerPlainly, neededUsers, ratedPrinciples, worldsOf } from "../../pipeline/users.ts";
import { RUN_FILES } from "../../run-folder/run-directory.ts";
import { beginRun, readyRun } from "../compose.ts";
import { nothingPaid } from "../nothing-paid.ts";
import { completeConfig } from "../resolve.ts";
import { openWorkplace } from "../workplace.ts";

/** The users of a finished run, made again from its store. */
export interface FinishedRun {
  /**
   * Hands over the users of all splits in order, a few in memory at a time; test users with their plain answer.
   * @returns how many were replaced for a failed rewrite
   * @throws UsageError when the store has lost what is needed: nothing is asked
   */
  eachUser(take: (user: PreparedUser, plain?: string | null) => void): Promise<Manifest["users"]["replaced"]>;
  close(): void;
}

/** Users that are in memory together. */
const PART = 250;

/**
 * @param methods those whose users are wanted; the run's own when not given, whose code is loaded
 * @throws UsageError for a directory without a run, or one that another process holds
 */
export async function openFinishedRun(
  system: System,
  dir: string,
  watcher: Watcher,
  methods?: Config["methods"],
): Promise<FinishedRun> {
  const file = join(dir, RUN_FILES.config);
  const config = completeConfig(system, parseUserConfig(parseJson(system, file), file));
  const ready = await readyRun(system, { ...config, ...(methods && { methods }), budget: {} });
  const place = openWorkplace(system, dir, {});
  const open = beginRun(ready, { ...place, budget: nothingPaid(dir, place.budget) });
  const progress = watcher(open.totals);
  const run: RunSetup = { ...open.setup, observe: progress.observe, sink: { user() {}, sample() {} } };
  return {
    eachUser: (take) => eachUser(run, take),
    close() {
      progress.end();
      void ready.providers.close();
      place.close();
    },
  };
}

async function eachUser(
  run: RunSetup,
  take: (user: PreparedUser, plain?: string | null) => void,
): Promise<Manifest["users"]["replaced"]> {
  const { config, methods, imported } = run;
  const { learners, ratedTest } = neededUsers(methods);
  const rated = ratedPrinciples(run, worldsOf(run));
  const learn = (split: "train" | "validation"): Promise<number> =>
    prepareInParts(run, split, learners ? config.users[split] : 0, rated, PART, async (part) => {
      for (const user of part) take(user);
    });
  const answered = async (part: readonly PreparedUser[]): Promise<void> => {
    for (const { plain, ...user } of await answerPlainly(run, part)) take(user, plain);
  };
  const replaced = { train: await learn("train"), validation: await learn("validation"), test: 0 };
  const wanted = ratedTest ? rated : null;
  if (imported) await answered((await prepareImported(run, imported, wanted)).users);
  else replaced.test = await prepareInParts(run, "test", config.users.test, wanted, PART, answered);
  return replaced;
}
